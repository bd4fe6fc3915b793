import type { RawLine } from '../model/source.ts';
import { tooLong, toRawLine } from './line-text.ts';
import { createRelpFramer, RelpFault, type RelpFrame } from './relp-frames.ts';
import type { StreamAnswers, StreamProtocol, StreamReader } from './stream-protocol.ts';

/** What we are and can, in the words of `open` (RELP 1.0). */
const offers = 'relp_version=0\nrelp_software=vonggac\ncommands=syslog';

function frame(txnr: string, command: string, data: string): string {
  return data === '' ? `${txnr} ${command} 0\n` : `${txnr} ${command} ${Buffer.byteLength(data)} ${data}\n`;
}

/**
 * RELP, rsyslog's acknowledged protocol (rsyslog.com/doc/relp.html): a message is answered `200 OK` only once it is in the
 * store, in the order they came. A message that cannot be stored now gets no answer and in the end no reading, so the
 * sender's window fills; one that was not answered is sent again after a reconnect.
 */
export function relpProtocol(limits: { readonly lineBytesMax: number }): StreamProtocol {
  return { isAnswered: true, open: (connection) => openRelp(connection, limits) };
}

interface Answer {
  readonly text: string;
  /** It speaks of a message, and waits until that is stored. */
  readonly isMessage: boolean;
}

function openRelp(connection: StreamAnswers, limits: { readonly lineBytesMax: number }): StreamReader {
  const framer = createRelpFramer(limits.lineBytesMax);
  let isOpen = false;
  let isOver = false;
  let messages = 0;
  let storedMessages = 0;
  let answers: Answer[] = [];

  /** Answers whose turn it is: a later one never overtakes a message that is not stored yet. */
  function settle(): void {
    let ready = 0;
    for (const { isMessage } of answers) {
      if (isMessage && storedMessages === 0) break;
      if (isMessage) storedMessages -= 1;
      ready += 1;
    }
    if (ready === 0) return;
    connection.write(
      answers
        .slice(0, ready)
        .map(({ text }) => text)
        .join(''),
    );
    answers = answers.slice(ready);
    if (isOver && answers.length === 0) connection.end();
  }

  function answer(txnr: string, data: string, isMessage = false): void {
    answers.push({ text: frame(txnr, 'rsp', data), isMessage });
  }

  function fault(what: string): void {
    isOver = true;
    connection.end(what);
  }

  function message({ data, size }: RelpFrame): RawLine | null {
    messages += 1;
    return size > limits.lineBytesMax ? tooLong(data, size, messages) : toRawLine(data, messages, limits);
  }

  function take(each: RelpFrame, lines: (RawLine | null)[]): void {
    const { txnr, command } = each;
    if (command === 'open') {
      isOpen = true;
      answer(txnr, `200 OK\n${offers}`);
    } else if (!isOpen) {
      fault('open first');
    } else if (command === 'syslog') {
      answer(txnr, '200 OK', true);
      lines.push(message(each));
    } else if (command === 'close') {
      isOver = true;
      answer(txnr, '');
      answers.push({ text: frame('0', 'serverclose', ''), isMessage: false });
    } else {
      fault(`unknown command ${command}`);
    }
  }

  return {
    push(chunk) {
      const lines: (RawLine | null)[] = [];
      try {
        for (const each of framer.push(chunk)) if (!isOver) take(each, lines);
        settle();
      } catch (error) {
        if (!(error instanceof RelpFault)) throw error;
        fault(error.message);
      }
      return lines;
    },
    // The peer sends again what was not answered, whole.
    end: () => [],
    stored(lines) {
      storedMessages += lines;
      settle();
    },
    bye: () => connection.write(frame('0', 'serverclose', '')),
    get heldBytes() {
      return framer.heldBytes + 64 * answers.length;
    },
  };
}
