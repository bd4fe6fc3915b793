/** Forms for handling an incident: give it to somebody, note something, close it with a verdict. Never on top of it. */
import type { JSX, RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { IncidentCard } from '../../../../src/contract/api.ts';
import type { IncidentState } from '../../../../src/model/incident.ts';
import { useBoard } from '../board.ts';
import { type PlainKey, t } from '../i18n/index.ts';

/** Comments and reasons the server takes, in UTF-16 units. */
const proseMax = 4000;

interface FormProps {
  readonly card: IncidentCard;
  /** Put the cursor into the form when it appears. */
  readonly focus?: boolean;
  readonly done?: () => void;
}

/** Ctrl or ⌘ with Enter sends a text of several lines. */
function sends(event: KeyboardEvent): boolean {
  return event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.isComposing;
}

/** Before the next key, not after the next frame: what is typed ahead goes into the form and is no command. */
function useFocus(ref: RefObject<HTMLElement | null>, wanted: boolean): void {
  useLayoutEffect(() => {
    if (wanted) ref.current?.focus();
  }, [ref, wanted]);
}

export function AssignForm({ card, focus = false, done }: FormProps): JSX.Element {
  const board = useBoard();
  const input = useRef<HTMLInputElement>(null);
  const [name, setName] = useState('');
  const me = board.me.value;
  const people = [...new Set([...board.state.incidents.value.values()].map((c) => c.assignee))]
    .filter((who) => who !== '' && who !== card.assignee)
    .sort((a, b) => a.localeCompare(b, 'vi'));
  useFocus(input, focus);
  function give(assignee: string): void {
    void board.act(card, { action: 'assign', version: card.version, assignee });
    setName('');
    done?.();
  }
  return (
    <form
      class="assign"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') give(name.normalize('NFC').trim());
      }}
    >
      <label class="rs">
        <span class="sub">{t('assign.to')}</span>
        <input
          ref={input}
          id="assign"
          class="field"
          list="people"
          value={name}
          maxLength={64}
          autocomplete="off"
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <datalist id="people">
        {people.map((who) => (
          <option key={who} value={who} />
        ))}
      </datalist>
      <button class="btn" type="submit" disabled={name.trim() === ''}>
        {t('assign.give')}
      </button>
      {me !== null && card.assignee !== me.name ? (
        <button class="btn" type="button" onClick={() => give(me.name)}>
          {t('assign.me')} <kbd>A</kbd>
        </button>
      ) : null}
      {card.assignee === '' ? null : (
        <button class="btn btn-0" type="button" onClick={() => give('')}>
          {t('assign.nobody')}
        </button>
      )}
    </form>
  );
}

export function NoteForm({ card, focus = false, done }: FormProps): JSX.Element {
  const board = useBoard();
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  useFocus(area, focus);
  async function send(): Promise<void> {
    if (text.trim() === '' || busy) return;
    setBusy(true);
    const kept = await board.act(card, {
      action: 'comment',
      version: card.version,
      text: text.normalize('NFC').trim(),
    });
    setBusy(false);
    // A refused note stays in the field: nobody writes it twice.
    if (!kept) return;
    setText('');
    done?.();
  }
  return (
    <form
      class="say"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label class="rs">
        <span class="sub">{t('note.label')}</span>
        <textarea
          ref={area}
          id="note"
          class="field"
          rows={2}
          maxLength={proseMax}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (sends(event)) {
              event.preventDefault();
              void send();
            }
          }}
        />
      </label>
      <button class="btn" type="submit" disabled={text.trim() === '' || busy}>
        {t('note.write')} <kbd>Ctrl ↵</kbd>
      </button>
    </form>
  );
}

const verdicts: readonly {
  readonly id: 'attack' | 'fault' | 'planned' | 'false';
  readonly state: IncidentState;
  readonly word: PlainKey;
}[] = [
  { id: 'attack', state: 'resolved', word: 'verdict.attack' },
  { id: 'fault', state: 'resolved', word: 'verdict.fault' },
  { id: 'planned', state: 'resolved', word: 'verdict.planned' },
  { id: 'false', state: 'false_positive', word: 'verdict.false' },
];

/** Closes the incident. Nothing is chosen beforehand, and the reason is asked for. */
export function VerdictForm({ card, focus = false, done }: FormProps): JSX.Element {
  const board = useBoard();
  const first = useRef<HTMLInputElement>(null);
  const [chosen, setChosen] = useState('');
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  useFocus(first, focus);
  const verdict = verdicts.find((v) => v.id === chosen);
  const ready = verdict !== undefined && reason.trim() !== '' && !busy;
  async function send(): Promise<void> {
    if (verdict === undefined || !ready) return;
    setBusy(true);
    const said = `${t(verdict.word)}: ${reason.normalize('NFC').trim()}`.slice(0, proseMax);
    const kept = await board.act(card, { action: 'state', version: card.version, state: verdict.state, reason: said });
    setBusy(false);
    if (!kept) return;
    setReason('');
    setChosen('');
    done?.();
  }
  return (
    <form
      class="verdict"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <fieldset>
        <legend class="vh">{t('verdict')}</legend>
        {verdicts.map((v, i) => (
          <label key={v.id}>
            <input
              ref={i === 0 ? first : null}
              id={i === 0 ? 'verdict' : undefined}
              type="radio"
              name="verdict"
              checked={chosen === v.id}
              onChange={() => setChosen(v.id)}
            />
            <span>{t(v.word)}</span>
          </label>
        ))}
      </fieldset>
      <label class="rs">
        <span class="sub">{t('verdict.reason')}</span>
        <textarea
          class="field"
          rows={2}
          required
          maxLength={proseMax - 100}
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (sends(event)) {
              event.preventDefault();
              void send();
            }
          }}
        />
      </label>
      <button class="btn" type="submit" disabled={!ready}>
        {t('verdict.write')}
      </button>
      {ready ? null : <p class="sub">{t('verdict.needs')}</p>}
    </form>
  );
}
