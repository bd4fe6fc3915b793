// First of all: it names the order of the layers, whichever page brings styles of its own.
import './styles/tokens.css';
import { render } from 'preact';
import { createApi } from './api-client.ts';
import { App } from './app.tsx';
import { BoardProvider, createBoard } from './board.ts';
import { createBoardState } from './board-state.ts';
import type { FeedSocket } from './feed-client.ts';
import { language, setLanguage } from './i18n/index.ts';
import { createKeyboard } from './keyboard.ts';
import { watchAddress } from './router.ts';
import './styles/kit.css';
import './styles/shell.css';
import './styles/board.css';
import './styles/incident.css';
import './styles/search.css';
import './styles/plain.css';
import './styles/sources.css';
import './styles/indicators.css';
import './styles/wall.css';
import { showTheme } from './theme.ts';

function openFeed(query: string): FeedSocket {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(`${scheme}//${location.host}/api/v1/feed${query === '' ? '' : `?${query}`}`);
  // A browser's socket tells errors and closing apart; for the client both end in "closed".
  const feed: FeedSocket = { onmessage: null, onclose: null, close: () => socket.close() };
  socket.onmessage = (event) => feed.onmessage?.({ data: event.data });
  socket.onclose = (event) => feed.onclose?.({ code: event.code });
  return feed;
}

setLanguage(language.value);
showTheme();
watchAddress();
const board = createBoard({ api: createApi(''), state: createBoardState(), keyboard: createKeyboard(), openFeed });
void board.askSession();

const root = document.getElementById('root');
if (root !== null) {
  render(
    <BoardProvider value={board}>
      <App />
    </BoardProvider>,
    root,
  );
}
