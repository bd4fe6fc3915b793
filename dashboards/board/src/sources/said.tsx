import type { JSX } from 'preact';
import type { Agreeing } from './agree.ts';

/** What became of the last change; read out when it appears. */
export function Said({ agreeing }: { readonly agreeing: Agreeing }): JSX.Element {
  return (
    <p class="said" data-tone={agreeing.failed ? 'bad' : 'good'} role="status">
      {agreeing.said}
    </p>
  );
}
