/** Something that the person at the keyboard has to hear, in one line (or one for each fault); ends a command with status 1. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
