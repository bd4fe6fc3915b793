export { buildAlert, draftOf } from './build.ts';
export { correlatedAlertId, correlatedDraftOf } from './correlated.ts';
export { entitiesOf } from './entities.ts';
export { alertIdOf, entityOf } from './identity.ts';
export { defaultAlertLimits } from './limits.ts';
export { alertView, lateMsOf } from './view.ts';
