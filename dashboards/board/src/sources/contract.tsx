/** What a source owes, as a form; everybody may read it. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { SourceWatchView } from '../../../../src/contract/sources.ts';
import type { SourceContract } from '../../../../src/model/source-contract.ts';
import { useBoard } from '../board.ts';
import { dateTime } from '../format.ts';
import { failureText, t } from '../i18n/index.ts';
import type { Agreeing } from './agree.ts';
import { classes, clockOf, contractOf, emptyContract, weekdays } from './contract-fields.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

function NumberField(p: { readonly name: string; readonly label: string; readonly value: number }): JSX.Element {
  return (
    <label class="rs">
      <span class="sub">{p.label}</span>
      <input class="field num" type="number" min="0" step="any" name={p.name} defaultValue={String(p.value)} />
    </label>
  );
}

function Bands({ contract }: { readonly contract: SourceContract }): JSX.Element {
  const [agreed, setAgreed] = useState(contract.volume !== null);
  const volume = contract.volume;
  return (
    <fieldset class="bands">
      <legend>
        <label>
          <input type="checkbox" name="volume" checked={agreed} onChange={(e) => setAgreed(e.currentTarget.checked)} />{' '}
          {t('con.volume')}
        </label>
      </legend>
      {agreed ? (
        <>
          <table>
            <thead>
              <tr>
                <td />
                <th scope="col">{t('con.least')}</th>
                <th scope="col">{t('con.most')}</th>
              </tr>
            </thead>
            <tbody>
              {classes.map((each) => (
                <tr key={each}>
                  <th scope="row">{t(`con.${each}`)}</th>
                  {(['least', 'most'] as const).map((side) => (
                    <td key={side}>
                      <input
                        class="field num"
                        type="number"
                        min="0"
                        step="1"
                        name={`${each}-${side}`}
                        aria-label={`${t(`con.${each}`)}: ${t(`con.${side}`)}`}
                        defaultValue={String(volume?.[each][side] ?? 0)}
                      />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          <p class="sub">{t('con.bands')}</p>
        </>
      ) : null}
    </fieldset>
  );
}

function Hours({ contract }: { readonly contract: SourceContract }): JSX.Element {
  const { fromMinute, untilMinute, days } = contract.workingHours;
  return (
    <div class="hours">
      <label class="rs">
        <span class="sub">{t('con.hours')}</span>
        <input class="field" type="time" name="from" defaultValue={clockOf(fromMinute)} />
      </label>
      <label class="rs">
        <span class="sub">{t('con.until')}</span>
        <input class="field" type="time" name="until" defaultValue={clockOf(untilMinute)} />
      </label>
      <fieldset class="days">
        <legend class="sub">{t('con.days')}</legend>
        {weekdays.map((day) => (
          <label key={day}>
            <input type="checkbox" name={`day-${day}`} defaultChecked={days.includes(day)} /> {t(`day.short.${day}`)}
          </label>
        ))}
      </fieldset>
    </div>
  );
}

export function Contract({
  source,
  agreeing,
}: {
  readonly source: SourceWatchView;
  readonly agreeing: Agreeing;
}): JSX.Element {
  const board = useBoard();
  const may = board.may('sources');
  const [draft, setDraft] = useState<SourceContract | null>(null);
  const shown = draft ?? source.contract ?? emptyContract;

  async function propose(): Promise<void> {
    try {
      const { contract } = await board.api.proposal(source.id);
      setDraft(contract);
      agreeing.say(contract === null ? t('con.tooLittle') : t('con.proposed'));
    } catch (error) {
      agreeing.say(failureText(error), true);
    }
  }

  return (
    <section aria-labelledby="con-h">
      <h3 id="con-h">{t('con.title')}</h3>
      {source.contract === null ? (
        <p class="sub">{t('src.none')}</p>
      ) : (
        <p class="sub">{t('con.since', { at: dateTime(source.contract.agreedMs) })}</p>
      )}
      <form
        // A proposal, or what somebody else agreed meanwhile, fills the fields anew.
        key={`${source.version} ${draft === null ? '' : draft.agreedMs}`}
        class="agreed"
        onSubmit={(event) => {
          event.preventDefault();
          void agreeing.put({ what: 'contract', body: { contract: contractOf(new FormData(event.currentTarget)) } });
        }}
      >
        <fieldset class="fields" disabled={!may || agreeing.busy}>
          <label class="rs wide">
            <span class="sub">{t('con.kinds')}</span>
            <input class="field mono" name="kinds" spellcheck={false} defaultValue={shown.kinds.join(', ')} />
            <span class="sub">{t('con.kindsHint')}</span>
          </label>
          <NumberField name="silence" label={t('con.silence')} value={shown.silenceMs / minuteMs} />
          <NumberField name="kind-silence" label={t('con.kindSilence')} value={shown.kindSilenceMs / hourMs} />
          <NumberField name="lag" label={t('con.lag')} value={shown.lagMs / minuteMs} />
          <NumberField name="skew" label={t('con.skew')} value={shown.skewMs / 1_000} />
          <p class="sub wide">{t('con.zero')}</p>
          <Bands contract={shown} />
          <Hours contract={shown} />
        </fieldset>
        {may ? (
          <p class="doing">
            <button class="btn btn-1" type="submit" disabled={agreeing.busy}>
              {t('con.save')}
            </button>
            <button class="btn" type="button" disabled={agreeing.busy} onClick={() => void propose()}>
              {t('con.propose')}
            </button>
            {source.contract === null ? null : (
              <button
                class="btn btn-0"
                type="button"
                disabled={agreeing.busy}
                onClick={() => {
                  setDraft(null);
                  void agreeing.put({ what: 'contract', body: { contract: null } });
                }}
              >
                {t('con.end')}
              </button>
            )}
          </p>
        ) : (
          <p class="sub">{t('src.readOnly')}</p>
        )}
      </form>
    </section>
  );
}
