/** The few choices kept on this machine: language, theme, letters. Storage may be forbidden; then nothing is kept. */
type Choice = 'language' | 'theme' | 'letters';

export const remembered: { get(choice: Choice): string | null; set(choice: Choice, value: string): void } = {
  get(choice) {
    try {
      return localStorage.getItem(`vonggac.${choice}`);
    } catch {
      return null;
    }
  },
  set(choice, value) {
    try {
      localStorage.setItem(`vonggac.${choice}`, value);
    } catch {
      // Private windows and locked-down browsers: the choice lasts as long as the page.
    }
  },
};
