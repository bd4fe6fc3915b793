/** What an agent is told to do, as text; the server says what is wrong with it, and where. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { AgentView } from '../../../../src/contract/agents.ts';
import { useBoard } from '../board.ts';
import { failureText, t } from '../i18n/index.ts';
import { configText } from './words.ts';

export function Told({ agent, changed }: { readonly agent: AgentView; readonly changed: () => void }): JSX.Element {
  const { api } = useBoard();
  const [text, setText] = useState(configText(agent.config));
  /** What was there when the text was begun: somebody else's change meanwhile is refused by the server and not lost. */
  const [version, setVersion] = useState(agent.version);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState({ text: '', failed: false });

  async function tell(): Promise<void> {
    let config: unknown;
    try {
      config = JSON.parse(text);
    } catch (error) {
      setSaid({ text: t('agt.notJson', { why: error instanceof Error ? error.message : '' }), failed: true });
      return;
    }
    setBusy(true);
    try {
      const now = await api.tellAgent(agent.id, version, config);
      setVersion(now.version);
      setSaid({ text: t('agt.saved', { n: now.version }), failed: false });
      changed();
    } catch (error) {
      setSaid({ text: failureText(error), failed: true });
    } finally {
      setBusy(false);
    }
  }

  return (
    <section aria-labelledby="agt-told-h">
      <h3 id="agt-told-h">{t('agt.told')}</h3>
      <p class="sub">
        {agent.version === 0
          ? t('agt.toldNothing')
          : t('agt.toldSince', { n: agent.version, running: agent.report?.configVersion ?? 0 })}
      </p>
      <form
        class="agreed"
        onSubmit={(event) => {
          event.preventDefault();
          void tell();
        }}
      >
        <label class="rs">
          <span class="sub">{t('agt.text')}</span>
          <textarea
            class="field mono agentconfig"
            rows={16}
            spellcheck={false}
            autocomplete="off"
            aria-describedby="agt-said agt-hint"
            aria-invalid={said.failed}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <p class="said" id="agt-said" data-tone={said.failed ? 'bad' : 'good'} role="status">
          {said.text}
        </p>
        <button class="btn btn-1" type="submit" disabled={busy}>
          {t('agt.save')}
        </button>
        <p class="sub" id="agt-hint">
          {t('agt.textHint')}
        </p>
      </form>
    </section>
  );
}
