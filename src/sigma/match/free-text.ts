/**
 * Fields in which nearly every value is new where events are real, though benchmark lanes repeat a dozen of them: no
 * result of a scan is kept for these, so that measured figures do not live on repetition that nobody has.
 */
const freeText =
  /command|script|message|payload|query|text$|url|uri|^msg$|^data$|^details$|^hashes$|^targetfilename$|^targetobject$/i;

export function isFreeText(field: string): boolean {
  return freeText.test(field);
}
