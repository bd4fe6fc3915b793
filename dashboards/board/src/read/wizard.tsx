/** Makes a mapping out of choices: this name of the source is that name of the rules. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { TriedLine } from '../../../../src/contract/api.ts';
import { t } from '../i18n/index.ts';
import { draftOf, innerOf, type Target, targets } from './draft.ts';

/** Names offered for choice; a record with more is mapped by hand. */
const namesMax = 60;

interface Name {
  readonly name: string;
  readonly sample: string;
}

function namesOf(lines: readonly TriedLine[]): readonly Name[] {
  const found = new Map<string, string>();
  for (const { fields, mapped } of lines) {
    for (const [name, value] of Object.entries(fields)) {
      if (mapped.includes(name) || name.startsWith('vonggac.') || found.has(name)) continue;
      found.set(name, typeof value === 'string' ? value : JSON.stringify(value));
    }
  }
  return [...found].map(([name, sample]) => ({ name, sample }));
}

function Text(p: {
  readonly label: string;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly pattern?: string;
}): JSX.Element {
  return (
    <label class="rs">
      <span class="sub">{p.label}</span>
      <input
        class="field mono"
        value={p.value}
        maxLength={64}
        autocomplete="off"
        spellcheck={false}
        {...(p.pattern === undefined ? {} : { pattern: p.pattern })}
        onInput={(event) => p.set(event.currentTarget.value)}
      />
    </label>
  );
}

export function Wizard({
  lines,
  made,
}: {
  readonly lines: readonly TriedLine[];
  readonly made: (mapping: string) => void;
}): JSX.Element {
  const [id, setId] = useState('nguon-moi');
  const [product, setProduct] = useState('');
  const [category, setCategory] = useState('');
  const [service, setService] = useState('');
  const [chosen, setChosen] = useState<Readonly<Record<string, Target | ''>>>({});
  const names = namesOf(lines);
  const [first] = lines;
  if (first === undefined || names.length === 0) return <p class="empty">{t('read.wizardEmpty')}</p>;

  function make(): void {
    const copies = names.flatMap(({ name }) => {
      const target = chosen[name] ?? '';
      return target === '' ? [] : [{ target, from: name }];
    });
    // The source is told from others by the names that were chosen and that every line has.
    const needs = copies
      .map(({ from }) => from)
      .filter((name) => lines.every(({ fields }) => Object.hasOwn(fields, name)));
    const parser = innerOf(first?.parser ?? 'json');
    made(draftOf({ id, about: id, parser, product, category, service, needs, copies }));
  }

  return (
    <form
      class="wizard"
      onSubmit={(event) => {
        event.preventDefault();
        make();
      }}
    >
      <div class="row">
        <Text label={t('read.id')} value={id} set={setId} pattern="[a-z][a-z0-9\-]{0,63}" />
        <Text label={t('try.product')} value={product} set={setProduct} />
        <Text label={t('try.category')} value={category} set={setCategory} />
        <Text label={t('try.service')} value={service} set={setService} />
      </div>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('read.own')}</th>
            <th scope="col">{t('read.sample')}</th>
            <th scope="col">{t('read.target')}</th>
          </tr>
        </thead>
        <tbody>
          {names.slice(0, namesMax).map(({ name, sample }) => (
            <tr key={name}>
              <th scope="row" class="mono">
                {name}
              </th>
              <td class="mono gist">{sample}</td>
              <td>
                <select
                  class="field"
                  aria-label={t('read.targetOf', { name })}
                  value={chosen[name] ?? ''}
                  onChange={(event) => setChosen({ ...chosen, [name]: event.currentTarget.value as Target | '' })}
                >
                  <option value="">{t('read.keep')}</option>
                  {targets.map((target) => (
                    <option key={target} value={target}>
                      {target} · {t(`target.${target}`)}
                    </option>
                  ))}
                </select>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {names.length > namesMax ? <p class="cutnote">{t('try.fieldsMore', { n: names.length - namesMax })}</p> : null}
      <button class="btn btn-1" type="submit">
        {t('read.make')}
      </button>
    </form>
  );
}
