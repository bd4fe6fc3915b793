/** What is agreed about a list, as a form; a new list begins with it. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { IndicatorListView, IndicatorListWanted } from '../../../../src/contract/indicators.ts';
import { useBoard } from '../board.ts';
import { t } from '../i18n/index.ts';
import { Said } from './content.tsx';
import { useDoing } from './doing.ts';

const severities = ['critical', 'high', 'medium', 'low', 'informational'] as const;

/** Preact wants one literal type an input; the four we use have the same attributes. */
function typed(type: 'text' | 'url' | 'number' | 'password'): { readonly type: 'text' } {
  return { type: type as 'text' };
}

function Text(p: {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly required?: boolean;
  readonly type?: 'text' | 'url' | 'number' | 'password';
  readonly pattern?: string;
  readonly placeholder?: string;
}): JSX.Element {
  return (
    <label class="rs">
      <span class="sub">{p.label}</span>
      <input
        class="field"
        name={p.name}
        {...typed(p.type ?? 'text')}
        defaultValue={p.value}
        required={p.required === true}
        placeholder={p.placeholder ?? ''}
        autocomplete={p.type === 'password' ? 'new-password' : 'off'}
        {...(p.pattern === undefined ? {} : { pattern: p.pattern })}
      />
    </label>
  );
}

function wantedOf(form: FormData, hasFeed: boolean): IndicatorListWanted {
  const text = (name: string): string =>
    String(form.get(name) ?? '')
      .normalize('NFC')
      .trim();
  const secret = String(form.get('secret') ?? '');
  const feed = {
    root: text('root'),
    collection: text('collection'),
    user: text('user'),
    everyMinutes: Number(text('minutes')),
    ...(secret === '' ? {} : { secret }),
  };
  return {
    name: text('name'),
    description: text('description'),
    source: text('source'),
    severity: severities.find((severity) => severity === text('severity')) ?? 'high',
    tags: text('tags')
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
    historyDays: Number(text('days')),
    feed: hasFeed ? feed : null,
  };
}

/** `list` null: a new one. */
export function Settings(p: {
  readonly list: IndicatorListView | null;
  readonly saved: (list: IndicatorListView) => void;
}): JSX.Element {
  const { api } = useBoard();
  const { list } = p;
  const feed = list?.feed ?? null;
  const doing = useDoing();
  const [polls, setPolls] = useState(feed !== null);
  return (
    <form
      class="agreed"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const id = list?.id ?? String(form.get('id') ?? '');
        doing.run(async () => {
          p.saved(await api.putIndicatorList(id, wantedOf(form, polls), list?.version ?? 0));
          return t('ioc.saved');
        });
      }}
    >
      <div class="fields">
        {list === null ? (
          <Text name="id" label={t('ioc.id')} value="" required pattern="[a-zA-Z0-9][a-zA-Z0-9._\-]{0,63}" />
        ) : null}
        <Text name="name" label={t('ioc.name')} value={list?.name ?? ''} required />
        <Text name="source" label={t('ioc.source')} value={list?.source ?? ''} />
        <label class="rs">
          <span class="sub">{t('ioc.severity')}</span>
          <select class="field" name="severity">
            {severities.map((severity) => (
              <option key={severity} value={severity} selected={severity === (list?.severity ?? 'high')}>
                {t(`sev.${severity}`)}
              </option>
            ))}
          </select>
        </label>
        <Text name="days" type="number" label={t('ioc.days')} value={String(list?.historyDays ?? 30)} required />
        <Text name="tags" label={t('ioc.tags')} value={list?.tags.join(', ') ?? ''} />
        <Text name="description" label={t('ioc.description')} value={list?.description ?? ''} />
      </div>
      <label>
        <input type="checkbox" checked={polls} onChange={(event) => setPolls(event.currentTarget.checked)} />{' '}
        {t('ioc.taxii')}
      </label>
      {polls ? (
        <div class="fields">
          <Text name="root" type="url" label={t('ioc.root')} value={feed?.root ?? ''} required />
          <Text name="collection" label={t('ioc.collection')} value={feed?.collection ?? ''} required />
          <Text name="user" label={t('ioc.user')} value={feed?.user ?? ''} />
          <Text
            name="secret"
            type="password"
            label={t('ioc.secret')}
            value=""
            placeholder={feed?.hasSecret === true ? t('ioc.secretKept') : ''}
          />
          <Text
            name="minutes"
            type="number"
            label={t('ioc.minutes')}
            value={String(feed?.everyMinutes ?? 60)}
            required
          />
        </div>
      ) : null}
      <button class="btn" type="submit" disabled={doing.busy}>
        {t('ioc.save')}
      </button>
      <Said doing={doing} />
    </form>
  );
}

export function Retire(p: {
  readonly list: IndicatorListView;
  readonly saved: (list: IndicatorListView) => void;
}): JSX.Element {
  const { api } = useBoard();
  const doing = useDoing();
  const [reason, setReason] = useState('');
  return (
    <form
      class="agreed"
      onSubmit={(event) => {
        event.preventDefault();
        doing.run(async () => {
          p.saved(await api.retireIndicatorList(p.list.id, reason.normalize('NFC').trim()));
          return t('ioc.saved');
        });
      }}
    >
      <label class="rs">
        <span class="sub">{t('ioc.reason')}</span>
        <input class="field" value={reason} maxLength={500} onInput={(event) => setReason(event.currentTarget.value)} />
      </label>
      <button class="btn btn-danger" type="submit" disabled={reason.trim().length < 10 || doing.busy}>
        {t('ioc.retire')}
      </button>
      <Said doing={doing} />
    </form>
  );
}
