export { type AlertDraft, type AlertEvidence, buildAlert, draftOf, sameEvidence } from './build.ts';
export { entitiesOf, sourceAddressOf } from './entities.ts';
export { alertIdOf, alertWindowMs, entityOf, windowStartOf } from './identity.ts';
export { type AlertLimits, defaultAlertLimits } from './limits.ts';
export { alertView, lateMsOf } from './view.ts';
