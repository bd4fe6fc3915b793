/** The page for trying rules is fetched when somebody goes there: most of a shift nobody does. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { Shell } from '../parts/shell.tsx';

export function TryPageLater(): JSX.Element {
  const [page, setPage] = useState<{ readonly Page: () => JSX.Element } | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let wanted = true;
    import('./try.tsx').then(
      ({ TryPage }) => {
        if (wanted) setPage({ Page: TryPage });
      },
      () => {
        if (wanted) setFailed(true);
      },
    );
    return () => {
      wanted = false;
    };
  }, []);
  if (page !== null) return <page.Page />;
  return (
    <Shell section="try">
      <main id="main" class="page">
        <p class="empty">{failed ? t('fail.network') : t('loading')}</p>
      </main>
    </Shell>
  );
}
