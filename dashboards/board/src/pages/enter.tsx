/** Signing in, and setting up the first administrator (or a new account) with a one-time code. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useBoard } from '../board.ts';
import { failureText, t } from '../i18n/index.ts';
import { LanguageSwitch, ThemeSwitch } from '../parts/shell.tsx';
import { go } from '../router.ts';

/** Shortest password the server takes. */
const passwordMin = 12;
/** Names the server takes. */
const accountName = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._@-]{1,63}$/u;

function Frame({ title, children }: { readonly title: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <div class="enter">
      <header>
        <p class="brand">
          <svg aria-hidden="true">
            <use href="#i-logo" />
          </svg>
          Vọng Gác
        </p>
        <LanguageSwitch />
        <ThemeSwitch />
      </header>
      <main id="main" class="pane">
        <h1>{title}</h1>
        {children}
      </main>
      <p class="dim">{t('enter.what')}</p>
    </div>
  );
}

function Failed({ text }: { readonly text: string }): JSX.Element {
  return (
    <p class="failed" role="alert">
      {text}
    </p>
  );
}

export function LoginPage(): JSX.Element {
  const board = useBoard();
  const [failed, setFailed] = useState('');
  const [busy, setBusy] = useState(false);
  const nameField = useRef<HTMLInputElement>(null);
  const passwordField = useRef<HTMLInputElement>(null);
  useEffect(() => nameField.current?.focus(), []);
  async function send(event: Event): Promise<void> {
    event.preventDefault();
    const name = nameField.current?.value.normalize('NFC').trim() ?? '';
    const password = passwordField.current?.value ?? '';
    if (name === '' || password === '') {
      setFailed(t('enter.both'));
      return;
    }
    setBusy(true);
    try {
      await board.signIn(name, password);
      if (location.pathname === '/login' || location.pathname === '/setup') go('/', 'replace');
    } catch (error) {
      setFailed(failureText(error));
      setBusy(false);
      passwordField.current?.select();
    }
  }
  return (
    <Frame title={t('enter.signIn')}>
      <form onSubmit={(event) => void send(event)}>
        <label>
          <span>{t('enter.name')}</span>
          <input
            class="field"
            ref={nameField}
            name="name"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            required
          />
        </label>
        <label>
          <span>{t('enter.password')}</span>
          <input
            class="field"
            ref={passwordField}
            name="password"
            type="password"
            autocomplete="current-password"
            required
          />
        </label>
        {failed === '' ? null : <Failed text={failed} />}
        <button class="btn btn-1" type="submit" disabled={busy}>
          {busy ? t('enter.signingIn') : t('enter.signIn')}
        </button>
      </form>
    </Frame>
  );
}

/** The code stands in the fragment (it reaches no server log that way); a query is understood too. */
function codeOf(): string {
  return (
    new URLSearchParams(location.hash.slice(1)).get('code') ?? new URLSearchParams(location.search).get('code') ?? ''
  );
}

/** A one-time link that signs in, as `npm run demo` prints it. */
export function EntryPage(): JSX.Element {
  const board = useBoard();
  const [code] = useState(codeOf);
  const [failed, setFailed] = useState('');
  useEffect(() => {
    history.replaceState(null, '', '/enter');
    board.enter(code).then(
      () => go('/', 'replace'),
      (error: unknown) => setFailed(failureText(error)),
    );
  }, [board, code]);
  return (
    <Frame title={t('enter.signIn')}>
      {failed === '' ? <p class="mid">{t('enter.signingIn')}</p> : <Failed text={failed} />}
      {failed === '' ? null : (
        <p>
          <a href="/login">{t('enter.signIn')}</a>
        </p>
      )}
    </Frame>
  );
}

export function SetupPage(): JSX.Element {
  const board = useBoard();
  const [code] = useState(codeOf);
  const [typed, setTyped] = useState('');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [failed, setFailed] = useState('');
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    // Used once, but no reason to keep it in the address bar of a shared screen.
    if (code !== '') history.replaceState(null, '', '/setup');
  }, [code]);
  const fault =
    name !== '' && !accountName.test(name.normalize('NFC').trim())
      ? t('setup.badName')
      : password.length < passwordMin
        ? t('setup.short', { n: passwordMin })
        : password !== again
          ? t('setup.differ')
          : '';
  async function send(event: Event): Promise<void> {
    event.preventDefault();
    if (fault !== '') {
      setFailed(fault);
      return;
    }
    setBusy(true);
    try {
      await board.setUp(code === '' ? typed.trim() : code, name.normalize('NFC').trim(), password);
      go('/', 'replace');
    } catch (error) {
      setFailed(failureText(error));
      setBusy(false);
    }
  }
  return (
    <Frame title={t('setup')}>
      <p class="mid">{t('setup.why')}</p>
      <form onSubmit={(event) => void send(event)}>
        {code === '' ? (
          <label>
            <span>{t('setup.code')}</span>
            <input
              class="field mono"
              value={typed}
              required
              autocomplete="off"
              spellcheck={false}
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
          </label>
        ) : null}
        <label>
          <span>{t('setup.name')}</span>
          <span class="sub">{t('setup.nameHint')}</span>
          <input
            class="field"
            name="name"
            value={name}
            maxLength={64}
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <label>
          <span>{t('setup.password', { n: passwordMin })}</span>
          <input
            class="field"
            name="password"
            type="password"
            value={password}
            required
            autocomplete="new-password"
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
        <label>
          <span>{t('setup.again')}</span>
          <input
            class="field"
            name="again"
            type="password"
            value={again}
            required
            autocomplete="new-password"
            onInput={(event) => setAgain(event.currentTarget.value)}
          />
        </label>
        {failed === '' ? null : <Failed text={failed} />}
        <button class="btn btn-1" type="submit" disabled={busy}>
          {t('setup.go')}
        </button>
      </form>
    </Frame>
  );
}
