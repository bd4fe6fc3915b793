/** What is in a list: looked through by pages; uploads and single additions with what was not taken. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { IndicatorListView, IndicatorTaking, TakenView } from '../../../../src/contract/indicators.ts';
import type { Indicator } from '../../../../src/model/indicator.ts';
import { useBoard } from '../board.ts';
import { dateTime } from '../format.ts';
import { type PlainKey, t } from '../i18n/index.ts';
import { useDoing } from './doing.ts';

interface Changing {
  readonly list: IndicatorListView;
  readonly changed: (taking: IndicatorTaking) => void;
}

const reasonMin = 10;

function whyText(reason: string): string {
  const key = `ioc.why.${reason}` as PlainKey;
  return t(key);
}

export function NotTaken({ taken }: { readonly taken: TakenView }): JSX.Element {
  return (
    <div class="nottaken">
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

export function AddOne({ list, changed }: Changing): JSX.Element {
  const { api } = useBoard();
  const doing = useDoing();
  const [value, setValue] = useState('');
  const [description, setDescription] = useState('');
  const [reason, setReason] = useState('');
  return (
    <form
      class="agreed"
      onSubmit={(event) => {
        event.preventDefault();
        doing.run(async () => {
          changed(await api.addIndicator(list.id, { value, description, reason: reason.normalize('NFC').trim() }));
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
        <span class="sub">{t('ioc.reason')}</span>
        <input
          class="field"
          required
          minLength={reasonMin}
          maxLength={500}
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
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

const pageSize = 50;

export function Inside({ list }: { readonly list: IndicatorListView }): JSX.Element {
  const { api } = useBoard();
  const [wanted, setWanted] = useState('');
  const [items, setItems] = useState<readonly Indicator[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const doing = useDoing();
  const load = (from: string | null): void =>
    doing.run(async () => {
      const page = await api.indicators(list.id, wanted, pageSize, from ?? undefined);
      setItems(from === null ? page.items : [...items, ...page.items]);
      setCursor(page.cursor);
      return '';
    });
  // The list's version says when what is shown is old; the text is looked for on Enter.
  useEffect(() => load(null), [list.version]);
  return (
    <section aria-labelledby="ioc-in">
      <h3 id="ioc-in">{t('ioc.inside')}</h3>
      <form
        class="agreed"
        onSubmit={(event) => {
          event.preventDefault();
          load(null);
        }}
      >
        <input
          class="field"
          type="search"
          aria-label={t('ioc.find')}
          placeholder={t('ioc.find')}
          value={wanted}
          onInput={(event) => setWanted(event.currentTarget.value)}
        />
      </form>
      {items.length === 0 && !doing.busy ? <p class="sub">{t('ioc.none')}</p> : null}
      <ul class="iocs">
        {items.map((each) => (
          <li key={`${each.type} ${each.value}`}>
            <span class="tag">{t(`ioc.type.${each.type}`)}</span> <code>{each.value}</code>
            {each.description === '' ? null : <span class="sub">{each.description}</span>}
            {each.validUntilMs === 0 ? null : (
              <span class="sub num">{t('ioc.until', { at: dateTime(each.validUntilMs) })}</span>
            )}
          </li>
        ))}
      </ul>
      {cursor === null ? null : (
        <button class="btn" type="button" disabled={doing.busy} onClick={() => load(cursor)}>
          {t('ioc.next')}
        </button>
      )}
      <Said doing={doing} />
    </section>
  );
}
