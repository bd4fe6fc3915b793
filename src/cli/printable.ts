/** One line and nothing that moves a terminal's cursor or turns its text round, whatever a rule or a log line holds. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, ' ');
}
