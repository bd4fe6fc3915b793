/** What is in a list, looked through by pages; what is wrong is taken out one by one, for a reason. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Indicator } from '../../../../src/model/indicator.ts';
import { useBoard } from '../board.ts';
import { dateTime } from '../format.ts';
import { t } from '../i18n/index.ts';
import { FindField } from '../parts/find-field.tsx';
import { type Changing, Reason, reasonMin, Said } from './content.tsx';
import { useDoing } from './doing.ts';

function One(p: Changing & { readonly indicator: Indicator }): JSX.Element {
  const { api, minute } = useBoard();
  const { indicator, list } = p;
  const { type, value, description, validUntilMs } = indicator;
  const [asks, setAsks] = useState(false);
  const [reason, setReason] = useState('');
  const doing = useDoing();
  const expired = validUntilMs !== 0 && validUntilMs <= minute.value;
  return (
    <li data-expired={expired ? '' : undefined}>
      <span class="tag">{t(`ioc.type.${type}`)}</span>
      <code>{value}</code>
      {list.retired ? null : (
        <button
          class="btn btn-0"
          type="button"
          aria-expanded={asks}
          aria-label={t('ioc.takeOutOne', { value })}
          onClick={() => setAsks(!asks)}
        >
          {t('ioc.takeOut')}
        </button>
      )}
      {description === '' ? null : <span class="sub about">{description}</span>}
      {validUntilMs === 0 ? null : (
        <span class={expired ? 'sub num expired' : 'sub num'}>
          {t(expired ? 'ioc.expired' : 'ioc.until', { at: dateTime(validUntilMs) })}
        </span>
      )}
      {asks ? (
        <form
          class="agreed"
          onSubmit={(event) => {
            event.preventDefault();
            doing.run(async () => {
              p.changed(await api.removeIndicator(list.id, { type, value, reason: reason.normalize('NFC').trim() }));
              return '';
            });
          }}
        >
          <Reason value={reason} set={setReason} />
          <button class="btn" type="submit" disabled={reason.trim().length < reasonMin || doing.busy}>
            {t('ioc.takeOutOne', { value })}
          </button>
          <Said doing={doing} />
        </form>
      ) : null}
    </li>
  );
}

const pageSize = 50;

export function Inside({ list, changed }: Changing): JSX.Element {
  const { api } = useBoard();
  const [wanted, setWanted] = useState('');
  const [items, setItems] = useState<readonly Indicator[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const doing = useDoing();
  const load = (from: string | null): void =>
    doing.run(async (isNewest) => {
      const page = await api.indicators(list.id, wanted, pageSize, from ?? undefined);
      // Whoever looks for the next thing before the answer came gets the answer to the next thing.
      if (!isNewest()) return '';
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
        <FindField label={t('ioc.find')} text={wanted} changed={setWanted} />
      </form>
      {items.length === 0 && !doing.busy ? <p class="sub">{t('ioc.none')}</p> : null}
      <ul class="iocs">
        {items.map((each) => (
          <One key={`${each.type} ${each.value}`} indicator={each} list={list} changed={changed} />
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
