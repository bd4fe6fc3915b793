/** The frame of every page: brand, ways to go, the feed's state, language, theme, who is signed in. */
import type { ComponentChildren, JSX } from 'preact';
import { type Board, useBoard } from '../board.ts';
import { stopwatch } from '../format.ts';
import { language, type PlainKey, setLanguage, t } from '../i18n/index.ts';
import { Icon } from '../icons.tsx';
import { go, place, routeOf } from '../router.ts';
import { toggleTheme } from '../theme.ts';
import { keysShown } from './keys.tsx';
import { Who } from './marks.tsx';

export type Section =
  | 'board'
  | 'search'
  | 'sources'
  | 'indicators'
  | 'rules'
  | 'try'
  | 'read'
  | 'health'
  | 'wall'
  | 'none';

const ways: readonly {
  readonly section: Section;
  readonly href: string;
  readonly word: PlainKey;
  readonly needs?: 'rules' | 'health' | 'handle';
}[] = [
  { section: 'board', href: '/', word: 'nav.board' },
  { section: 'search', href: '/search', word: 'nav.search' },
  { section: 'rules', href: '/rules', word: 'nav.rules', needs: 'rules' },
  { section: 'try', href: '/try', word: 'nav.try', needs: 'rules' },
  { section: 'read', href: '/read', word: 'nav.read', needs: 'rules' },
  { section: 'indicators', href: '/indicators', word: 'nav.indicators', needs: 'handle' },
  { section: 'sources', href: '/sources', word: 'nav.sources', needs: 'health' },
  { section: 'health', href: '/health', word: 'nav.health', needs: 'health' },
  { section: 'wall', href: '/wall', word: 'nav.wall' },
];

/** Shape changes with the word; an outage says how long it lasts. */
export function FeedState(): JSX.Element {
  const { state, now } = useBoard();
  const feed = state.feed.value;
  const down = feed.at === 'lost' || feed.at === 'resuming';
  const word =
    feed.at === 'live'
      ? t('feed.live')
      : feed.at === 'lost'
        ? t('feed.lost', { for: stopwatch(now.value - feed.sinceMs) })
        : feed.at === 'resuming'
          ? t('feed.resuming')
          : t('feed.connecting');
  return (
    <span
      class="feed"
      data-at={feed.at === 'live' ? 'live' : feed.at === 'lost' ? 'off' : 'resume'}
      title={down ? t('feed.hint') : undefined}
    >
      <svg aria-hidden="true">
        <use href={feed.at === 'live' ? '#f-live' : feed.at === 'lost' ? '#f-lost' : '#f-resuming'} />
      </svg>
      {word}
    </span>
  );
}

export function LanguageSwitch(): JSX.Element {
  const other = language.value === 'vi' ? 'en' : 'vi';
  return (
    <button
      class="btn btn-0 lang"
      type="button"
      lang={other}
      onClick={() => setLanguage(other)}
      title={other === 'en' ? 'English' : 'Tiếng Việt'}
    >
      <span aria-hidden="true">{language.value === 'vi' ? 'VI' : 'EN'}</span>
      <span class="vh">{other === 'en' ? 'Switch to English' : 'Chuyển sang tiếng Việt'}</span>
    </button>
  );
}

export function ThemeSwitch(): JSX.Element {
  return (
    <button
      class="btn btn-0 btn-i"
      type="button"
      aria-label={t('theme.toggle')}
      title={t('theme.toggle')}
      onClick={toggleTheme}
    >
      <Icon name="theme" />
    </button>
  );
}

function Account(): JSX.Element | null {
  const board = useBoard();
  const me = board.me.value;
  if (me === null) return null;
  return (
    <details class="me-menu">
      <summary class="me">
        <Who name={me.name} />
        <span class="me-name">{me.name}</span>
      </summary>
      <div class="menu">
        <p>
          <b>{me.name}</b>
          <br />
          <span class="dim">{t(`role.${me.role}`)}</span>
        </p>
        <button class="btn" type="button" onClick={() => void board.signOut()}>
          {t('signOut')}
        </button>
      </div>
    </details>
  );
}

function Top({ section }: { readonly section: Section }): JSX.Element {
  const board = useBoard();
  return (
    <header class="top">
      <a class="brand" href="/">
        <svg aria-hidden="true">
          <use href="#i-logo" />
        </svg>
        Vọng Gác
      </a>
      <nav class="nav" aria-label={t('nav.main')}>
        {ways
          .filter((way) => way.needs === undefined || board.may(way.needs))
          .map((way) => (
            <a key={way.section} href={way.href} aria-current={way.section === section ? 'page' : undefined}>
              {t(way.word)}
            </a>
          ))}
      </nav>
      <div class="top-end">
        <FeedState />
        <button
          class="btn btn-0 btn-i"
          type="button"
          aria-label={t('keys.all')}
          title={`${t('keys.all')} (?)`}
          onClick={() => {
            keysShown.value = true;
          }}
        >
          <Icon name="keys" />
        </button>
        <LanguageSwitch />
        <ThemeSwitch />
        <Account />
      </div>
    </header>
  );
}

/** A line that stays until it is dismissed; never a toast. */
function NoticeLine(): JSX.Element | null {
  const board = useBoard();
  const notice = board.notice.value;
  if (notice === null) return null;
  return (
    <div class="notice" data-tone={notice.tone} role="alert">
      <p>{notice.text}</p>
      <button
        class="btn btn-0 btn-i"
        type="button"
        aria-label={t('dismiss')}
        onClick={() => {
          board.notice.value = null;
        }}
      >
        <Icon name="cross" />
      </button>
    </div>
  );
}

function FailLine(): JSX.Element | null {
  const board = useBoard();
  if (board.listsFailed.value === '') return null;
  return (
    <div class="notice" data-tone="bad" role="alert">
      <p>{t('lists.failed', { why: board.listsFailed.value })}</p>
      <button class="btn" type="button" onClick={() => void board.reload()}>
        {t('retry')}
      </button>
    </div>
  );
}

/** The wall's clock always; how far the story is only when the server says so: a position that stands still is a lie. */
function DrillBanner(): JSX.Element | null {
  const { state, now } = useBoard();
  const drill = state.drill.value;
  if (drill === null || drill.state !== 'running') return null;
  const title = language.value === 'vi' ? drill.titleVi || drill.title : drill.title || drill.titleVi;
  return (
    <div class="drillbar" role="status">
      <b>{t('drill.running')}</b>
      <span>{title}</span>
      <span class="num">{t('drill.ran', { for: stopwatch(now.value - drill.startedMs) })}</span>
      {drill.simSeconds > 0 ? (
        <>
          <span class="num">
            {t('drill.story', { at: stopwatch(drill.simSeconds * 1000), of: stopwatch(drill.totalSeconds * 1000) })}
          </span>
          <progress max={Math.max(1, drill.totalSeconds)} value={drill.simSeconds} aria-label={t('drill.progress')} />
        </>
      ) : null}
    </div>
  );
}

/** Spoken, not shown: counts politely, a critical incident or a lost feed at once; at most one message in ten seconds. */
function Spoken(): JSX.Element {
  const { text, urgent } = useBoard().said.value;
  return (
    <>
      <p class="vh" aria-live="polite">
        {urgent ? '' : text}
      </p>
      <p class="vh" aria-live="assertive">
        {urgent ? text : ''}
      </p>
    </>
  );
}

/** Keys that work on every page. */
export function commandsOf(board: Board): Readonly<Record<string, (event: KeyboardEvent) => boolean>> {
  const to = (href: string) => () => {
    go(href);
    return true;
  };
  return {
    '?': () => {
      keysShown.value = !keysShown.value;
      return true;
    },
    'g b': to('/'),
    'g s': to('/search'),
    'g t': to('/search'),
    'g w': to('/wall'),
    'g l': () => board.may('rules') && to('/rules')(),
    'g r': () => board.may('rules') && to('/try')(),
    'g n': () => board.may('health') && to('/sources')(),
    'g h': () => board.may('health') && to('/health')(),
    '/': () => {
      const field = document.querySelector<HTMLElement>('[data-slash]');
      if (field === null) return to('/search')();
      field.focus();
      return true;
    },
    Escape: () => {
      if (keysShown.value) {
        keysShown.value = false;
        return true;
      }
      const active = document.activeElement;
      if (active instanceof HTMLElement && active.matches('input, textarea, select')) {
        active.blur();
        return true;
      }
      if (routeOf(place.value.path).page === 'board') return false;
      if (history.length > 1) history.back();
      else go('/');
      return true;
    },
  };
}

export function Shell({
  section,
  children,
}: {
  readonly section: Section;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div class="app">
      <Top section={section} />
      <div class="under">
        <DrillBanner />
        <FailLine />
        <NoticeLine />
      </div>
      {children}
      <Spoken />
    </div>
  );
}
