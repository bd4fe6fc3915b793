/** Which page is shown. Without a session it is the way in, and the address is kept for afterwards. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect } from 'preact/hooks';
import { useBoard } from './board.ts';
import { t } from './i18n/index.ts';
import { IconSheet } from './icons.tsx';
import { AgentsPage } from './pages/agents.tsx';
import { BoardPage } from './pages/board.tsx';
import { EntryPage, LoginPage, SetupPage } from './pages/enter.tsx';
import { HealthPage } from './pages/health.tsx';
import { IncidentPage } from './pages/incident.tsx';
import { IndicatorsPage } from './pages/indicators.tsx';
import { ReadPage } from './pages/read.tsx';
import { RulesPage } from './pages/rules.tsx';
import { SearchPage } from './pages/search.tsx';
import { SourcesPage } from './pages/sources.tsx';
import { TryPageLater } from './pages/try-later.tsx';
import { WallPage } from './pages/wall.tsx';
import { KeysDialog } from './parts/keys.tsx';
import { commandsOf, Shell } from './parts/shell.tsx';
import { go, place, routeOf } from './router.ts';

function Unreachable(): JSX.Element {
  const board = useBoard();
  useEffect(() => {
    const timer = setInterval(() => void board.askSession(), 3000);
    return () => clearInterval(timer);
  }, [board]);
  return (
    <main id="main" class="page">
      <p class="empty" role="alert">
        {t('unreachable')}
      </p>
    </main>
  );
}

function Page(): JSX.Element | null {
  const { session } = useBoard();
  const route = routeOf(place.value.path);
  const signedIn = session.value === 'in';
  useEffect(() => {
    if (signedIn && route.page === 'login') go('/', 'replace');
  }, [signedIn, route.page]);
  if (route.page === 'setup' && !signedIn) return <SetupPage />;
  if (route.page === 'enter') return <EntryPage />;
  if (session.value === 'unknown') return null;
  if (session.value === 'unreachable') return <Unreachable />;
  if (!signedIn) return <LoginPage />;
  switch (route.page) {
    case 'incident':
      return <IncidentPage key={route.id} id={route.id} />;
    case 'search':
      return <SearchPage />;
    case 'rules':
      return <RulesPage id={route.id} />;
    case 'agents':
      return <AgentsPage id={route.id} />;
    case 'sources':
      return <SourcesPage id={route.id} />;
    case 'indicators':
      return <IndicatorsPage id={route.id} />;
    case 'try':
      return <TryPageLater />;
    case 'read':
      return <ReadPage />;
    case 'health':
      return <HealthPage />;
    case 'wall':
      return <WallPage />;
    case 'none':
      return (
        <Shell section="none">
          <main id="main" class="page">
            <p class="empty">
              {t('nothing')} <a href="/">{t('nav.board')}</a>
            </p>
          </main>
        </Shell>
      );
    default:
      return <BoardPage />;
  }
}

export function App(): JSX.Element {
  const board = useBoard();
  useLayoutEffect(() => board.keyboard.use(commandsOf(board)), [board]);
  return (
    <>
      <IconSheet />
      <a class="skip" href="#main">
        {t('skip')}
      </a>
      <Page />
      <KeysDialog />
    </>
  );
}
