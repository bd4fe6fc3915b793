import type { YamlScalar } from '../parse/yaml.ts';
import type { LintDocument } from './document.ts';

interface Repeated {
  readonly document: LintDocument;
  readonly text: YamlScalar;
  /** `file:line` of the document that has the text first. */
  readonly first: string;
}

/** The documents whose text, compared without case, an earlier document has already. */
export function firstOf(
  documents: readonly LintDocument[],
  textOf: (document: LintDocument) => YamlScalar | null,
): Repeated[] {
  const seen = new Map<string, string>();
  const repeated: Repeated[] = [];
  for (const document of documents) {
    const text = textOf(document);
    if (text === null) continue;
    const key = String(text.value).trim().toLowerCase();
    const first = seen.get(key);
    if (first === undefined) seen.set(key, `${document.file}:${document.root.at.line}`);
    else repeated.push({ document, text, first });
  }
  return repeated;
}
