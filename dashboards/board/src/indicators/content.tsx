/** How a list grows: uploads and single additions, with what was not taken. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { IndicatorListView, IndicatorTaking, TakenView } from '../../../../src/contract/indicators.ts';
import { useBoard } from '../board.ts';
import { fromInputTime, number } from '../format.ts';
import { language, type PlainKey, t } from '../i18n/index.ts';
import { useDoing } from './doing.ts';

export interface Changing {
  readonly list: IndicatorListView;
  readonly changed: (taking: IndicatorTaking) => void;
}

export const reasonMin = 10;
const dayMs = 86_400_000;

function whyText(reason: string): string {
  const key = `ioc.why.${reason}` as PlainKey;
  return t(key);
}

export function NotTaken({ taken }: { readonly taken: TakenView }): JSX.Element {
  return (
    <div class="nottaken" role="status">
      <p>{t('ioc.taken', taken)}</p>
      {taken.notTakenTotal === 0 ? null : (
        <>
          <p class="warn">{t('ioc.notTaken', { n: taken.notTakenTotal })}</p>
          <ul>
            {taken.notTaken.slice(0, 20).map((each) => (
              <li key={`${each.where} ${each.value}`}>
                <span class="dim">{t('ioc.where', { where: each.where })}</span> <code>{each.value}</code>{' '}
                {whyText(each.reason)}
              </li>
            ))}
          </ul>
          {taken.notTakenTotal > 20 ? <p class="sub">{t('ioc.more', { n: taken.notTakenTotal - 20 })}</p> : null}
        </>
      )}
    </div>
  );
}

export function Upload({ list, changed }: Changing): JSX.Element {
  const { api } = useBoard();
  const doing = useDoing();
  const [file, setFile] = useState<File | null>(null);
  const [mode, setMode] = useState<'replace' | 'add'>('replace');
  return (
    <form
      class="agreed"
      onSubmit={(event) => {
        event.preventDefault();
        if (file === null) return;
        doing.run(async () => {
          changed(await api.uploadIndicators(list.id, mode, file));
          return '';
        });
      }}
    >
      <h3>{t('ioc.upload')}</h3>
      <label class="rs">
        <span class="sub">{t('ioc.file')}</span>
        <input
          class="field"
          type="file"
          accept=".csv,.txt,.json,.tsv"
          onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)}
        />
      </label>
      <label class="rs">
        <span class="sub">{t('ioc.mode')}</span>
        <select
          class="field"
          value={mode}
          onChange={(event) => setMode(event.currentTarget.value === 'add' ? 'add' : 'replace')}
        >
          <option value="replace">{t('ioc.replace')}</option>
          <option value="add">{t('ioc.append')}</option>
        </select>
      </label>
      {mode === 'replace' && list.count > 0 ? (
        <p class="warn">{t('ioc.replaces', { n: number(list.count, language.value) })}</p>
      ) : null}
      <button class="btn" type="submit" disabled={file === null || doing.busy}>
        {t('ioc.send')}
      </button>
      <Said doing={doing} />
    </form>
  );
}

export function Said({ doing }: { readonly doing: ReturnType<typeof useDoing> }): JSX.Element {
  return (
    <p class="said" role="status" data-tone={doing.failed ? 'bad' : 'good'}>
      {doing.said}
    </p>
  );
}

export function Reason(p: { readonly value: string; readonly set: (value: string) => void }): JSX.Element {
  return (
    <label class="rs">
      <span class="sub">{t('ioc.reason')}</span>
      <input
        class="field"
        required
        minLength={reasonMin}
        maxLength={500}
        value={p.value}
        onInput={(event) => p.set(event.currentTarget.value)}
      />
    </label>
  );
}

export function AddOne({ list, changed }: Changing): JSX.Element {
  const { api } = useBoard();
  const doing = useDoing();
  const [value, setValue] = useState('');
  const [description, setDescription] = useState('');
  const [lastDay, setLastDay] = useState('');
  const [reason, setReason] = useState('');
  return (
    <form
      class="agreed"
      onSubmit={(event) => {
        event.preventDefault();
        doing.run(async () => {
          const lastMs = lastDay === '' ? null : fromInputTime(`${lastDay}T00:00:00`);
          const validUntilMs = lastMs === null ? 0 : lastMs + dayMs;
          changed(
            await api.addIndicator(list.id, {
              value,
              description,
              validUntilMs,
              reason: reason.normalize('NFC').trim(),
            }),
          );
          setValue('');
          return t('ioc.saved');
        });
      }}
    >
      <h3>{t('ioc.addOne')}</h3>
      <label class="rs">
        <span class="sub">{t('ioc.value')}</span>
        <input
          class="field mono"
          required
          maxLength={2048}
          autocomplete="off"
          value={value}
          onInput={(event) => setValue(event.currentTarget.value)}
        />
      </label>
      <label class="rs">
        <span class="sub">{t('ioc.about')}</span>
        <input
          class="field"
          maxLength={500}
          value={description}
          onInput={(event) => setDescription(event.currentTarget.value)}
        />
      </label>
      <label class="rs">
        <span class="sub">{t('ioc.lastDay')}</span>
        <input class="field" type="date" value={lastDay} onInput={(event) => setLastDay(event.currentTarget.value)} />
      </label>
      <Reason value={reason} set={setReason} />
      <button
        class="btn"
        type="submit"
        disabled={value.trim() === '' || reason.trim().length < reasonMin || doing.busy}
      >
        {t('ioc.add')}
      </button>
      <Said doing={doing} />
    </form>
  );
}
