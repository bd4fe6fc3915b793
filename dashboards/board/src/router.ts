/** Pages by address, on the History API. A document has one address, hence one signal here. */
import { type Signal, signal } from '@preact/signals';

export interface Place {
  readonly path: string;
  /** With its `?`, or ''. */
  readonly query: string;
}

export type Route =
  | { readonly page: 'board' | 'login' | 'setup' | 'enter' | 'search' | 'health' | 'read' | 'try' | 'wall' | 'none' }
  | { readonly page: 'incident'; readonly id: string }
  | { readonly page: 'rules' | 'sources' | 'agents' | 'indicators'; readonly id: string };

function read(): Place {
  return { path: location.pathname, query: location.search };
}

export const place: Signal<Place> = signal(read());

const plainPages = ['login', 'setup', 'enter', 'search', 'health', 'read', 'try', 'wall'] as const;

export function routeOf(path: string): Route {
  const [first = '', second = '', ...rest] = path.split('/').filter((part) => part !== '');
  if (rest.length > 0) return { page: 'none' };
  const id = safeDecode(second);
  if (first === 'incidents' && id !== '') return { page: 'incident', id };
  if (first === 'rules' || first === 'sources' || first === 'agents' || first === 'indicators')
    return { page: first, id };
  if (second !== '') return { page: 'none' };
  if (first === '') return { page: 'board' };
  const known = plainPages.find((page) => page === first);
  return { page: known ?? 'none' };
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** Goes to an address of ours. `replace` leaves no step in the history: for filters that change with every key. */
export function go(href: string, how: 'push' | 'replace' = 'push'): void {
  if (href === `${location.pathname}${location.search}${location.hash}`) return;
  if (how === 'push') history.pushState(null, '', href);
  else history.replaceState(null, '', href);
  place.value = read();
}

/** Follows back and forward, and takes plain clicks on links of ours. Answers how to stop. */
export function watchAddress(): () => void {
  const onPop = (): void => {
    place.value = read();
  };
  const onClick = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || link.target !== '' || link.hasAttribute('download')) return;
    if (link.origin !== location.origin || link.getAttribute('href')?.startsWith('#') !== false) return;
    event.preventDefault();
    go(link.pathname + link.search + link.hash);
  };
  addEventListener('popstate', onPop);
  document.addEventListener('click', onClick);
  return () => {
    removeEventListener('popstate', onPop);
    document.removeEventListener('click', onClick);
  };
}
