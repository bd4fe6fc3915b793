import { problemCodes } from '../problem-codes.ts';
import type { Check } from './check.ts';
import { allOfThem } from './checks/all-of-them.ts';
import { allSingleValue } from './checks/all-single-value.ts';
import { allWhole } from './checks/all-whole.ts';
import { authorMissing } from './checks/author-missing.ts';
import { base64offsetWhole } from './checks/base64offset-whole.ts';
import { conditionConstant } from './checks/condition-constant.ts';
import { conditionKeywordCase } from './checks/condition-keyword-case.ts';
import { conditionRepeated } from './checks/condition-repeated.ts';
import { correlationTrivial } from './checks/correlation-trivial.ts';
import { dateForm } from './checks/date-form.ts';
import { dateMissing } from './checks/date-missing.ts';
import { deprecatedWithoutRelated } from './checks/deprecated-without-related.ts';
import { descriptionLink } from './checks/description-link.ts';
import { descriptionMissing } from './checks/description-missing.ts';
import { disableUnknown } from './checks/disable-unknown.ts';
import { eventIdCategory } from './checks/event-id-category.ts';
import { falsePositiveText } from './checks/false-positive-text.ts';
import { fieldCaseVariant } from './checks/field-case-variant.ts';
import { fieldSpace } from './checks/field-space.ts';
import { fieldUnknown } from './checks/field-unknown.ts';
import { fileName } from './checks/file-name.ts';
import { fileNameDuplicate } from './checks/file-name-duplicate.ts';
import { filterAttribute } from './checks/filter-attribute.ts';
import { filterCancels } from './checks/filter-cancels.ts';
import { idDuplicate } from './checks/id-duplicate.ts';
import { idVersion } from './checks/id-version.ts';
import { itemImplied } from './checks/item-implied.ts';
import { itemsContradict } from './checks/items-contradict.ts';
import { keyUnknown } from './checks/key-unknown.ts';
import { keywordShort } from './checks/keyword-short.ts';
import { levelCase } from './checks/level-case.ts';
import { levelMissing } from './checks/level-missing.ts';
import { fieldDuplicate, referenceDuplicate, tagDuplicate } from './checks/list-duplicate.ts';
import { logsourceCase } from './checks/logsource-case.ts';
import { logsourceGeneric } from './checks/logsource-generic.ts';
import { logsourceKey } from './checks/logsource-key.ts';
import { logsourceUnknown } from './checks/logsource-unknown.ts';
import { matchesEmptyEvent } from './checks/matches-empty-event.ts';
import { modifiedBeforeDate } from './checks/modified-before-date.ts';
import { modifierNeedless } from './checks/modifier-needless.ts';
import { modifierRepeated } from './checks/modifier-repeated.ts';
import { referenceBranch } from './checks/reference-branch.ts';
import { referenceForm } from './checks/reference-form.ts';
import { regexDot } from './checks/regex-dot.ts';
import { regexInlineFlag } from './checks/regex-inline-flag.ts';
import { regexLiteral } from './checks/regex-literal.ts';
import { regexNeedlessAny } from './checks/regex-needless-any.ts';
import { relatedForm } from './checks/related-form.ts';
import { scopeShort } from './checks/scope-short.ts';
import { selectionDuplicate } from './checks/selection-duplicate.ts';
import { selectionImplied } from './checks/selection-implied.ts';
import { selectionUnused } from './checks/selection-unused.ts';
import { selectionWithoutEffect } from './checks/selection-without-effect.ts';
import { selectionsContradict } from './checks/selections-contradict.ts';
import { selectorOfOne, themSingle } from './checks/selector-single.ts';
import { statusMissing } from './checks/status-missing.ts';
import { statusUnknown } from './checks/status-unknown.ts';
import { tagFormat } from './checks/tag-format.ts';
import { tagNames } from './checks/tag-name.ts';
import { tagNamespace } from './checks/tag-namespace.ts';
import { tagTechniqueWithoutTactic } from './checks/tag-technique-without-tactic.ts';
import { tagTlpTwice } from './checks/tag-tlp-twice.ts';
import { textInvisible } from './checks/text-invisible.ts';
import { textMixedScripts } from './checks/text-mixed-scripts.ts';
import { textNotNfc } from './checks/text-not-nfc.ts';
import { textTooLong } from './checks/text-too-long.ts';
import { titleDuplicate } from './checks/title-duplicate.ts';
import { titleForm } from './checks/title-form.ts';
import { valueControlCharacter } from './checks/value-control-character.ts';
import { valueCovered } from './checks/value-covered.ts';
import { valueCaseVariant, valueRepeated } from './checks/value-duplicate.ts';
import { valueHashLength } from './checks/value-hash-length.ts';
import { valueNameOpen } from './checks/value-name-open.ts';
import { valueNullInList } from './checks/value-null-in-list.ts';
import { valueNumberText } from './checks/value-number-text.ts';
import { valueOpen } from './checks/value-open.ts';
import { valueOuterSpace } from './checks/value-outer-space.ts';
import { valueTimePart } from './checks/value-time-part.ts';
import { valueUncPath } from './checks/value-unc-path.ts';
import { vonggacAttributes } from './checks/vonggac-attributes.ts';
import { wildcardDouble } from './checks/wildcard-double.ts';
import { wildcardEscaped } from './checks/wildcard-escaped.ts';
import { wildcardForModifier } from './checks/wildcard-for-modifier.ts';
import { wildcardNeedless } from './checks/wildcard-needless.ts';
import { windashAll } from './checks/windash-all.ts';
import { windashMissing } from './checks/windash-missing.ts';
import { windashNeedless } from './checks/windash-needless.ts';

/** Every check, one a file. docs/sigma-lint.md lists exactly these; a test holds both together. */
export const allChecks: readonly Check[] = [
  allOfThem,
  allSingleValue,
  allWhole,
  authorMissing,
  base64offsetWhole,
  conditionConstant,
  conditionKeywordCase,
  conditionRepeated,
  correlationTrivial,
  dateForm,
  dateMissing,
  deprecatedWithoutRelated,
  descriptionLink,
  descriptionMissing,
  eventIdCategory,
  falsePositiveText,
  fieldCaseVariant,
  fieldSpace,
  fieldUnknown,
  fileNameDuplicate,
  fileName,
  filterAttribute,
  filterCancels,
  idDuplicate,
  idVersion,
  itemImplied,
  itemsContradict,
  keyUnknown,
  keywordShort,
  levelCase,
  levelMissing,
  tagDuplicate,
  referenceDuplicate,
  fieldDuplicate,
  logsourceCase,
  logsourceGeneric,
  logsourceKey,
  logsourceUnknown,
  matchesEmptyEvent,
  modifiedBeforeDate,
  modifierNeedless,
  modifierRepeated,
  referenceBranch,
  referenceForm,
  regexDot,
  regexInlineFlag,
  regexLiteral,
  regexNeedlessAny,
  relatedForm,
  scopeShort,
  selectionDuplicate,
  selectionImplied,
  selectionUnused,
  selectionWithoutEffect,
  selectionsContradict,
  themSingle,
  selectorOfOne,
  statusMissing,
  statusUnknown,
  tagFormat,
  ...tagNames,
  tagNamespace,
  tagTechniqueWithoutTactic,
  tagTlpTwice,
  textInvisible,
  textMixedScripts,
  textNotNfc,
  textTooLong,
  titleDuplicate,
  titleForm,
  valueControlCharacter,
  valueCovered,
  valueRepeated,
  valueCaseVariant,
  valueHashLength,
  valueNameOpen,
  valueNullInList,
  valueNumberText,
  valueOpen,
  valueOuterSpace,
  valueTimePart,
  valueUncPath,
  vonggacAttributes,
  wildcardDouble,
  wildcardEscaped,
  wildcardForModifier,
  wildcardNeedless,
  windashAll,
  windashMissing,
  windashNeedless,
  disableUnknown(knownIds),
];

/** Ids of all checks and codes of all problems: what a finding may go by. */
export function knownIds(): string[] {
  return [...allChecks.map(({ id }) => id), ...Object.keys(problemCodes)];
}
