import type { Check } from './check.ts';
import { allSingleValue } from './checks/all-single-value.ts';
import { selectionUnused } from './checks/selection-unused.ts';
import { valueDuplicate } from './checks/value-duplicate.ts';
import { wildcardDouble } from './checks/wildcard-double.ts';

export const allChecks: readonly Check[] = [selectionUnused, allSingleValue, valueDuplicate, wildcardDouble];
