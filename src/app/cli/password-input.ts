import { randomInt } from 'node:crypto';

import { Refusal } from '../refusal.ts';
import type { CommandInput } from './command.ts';

/** Without those that look alike. */
const alphabet = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const generatedLength = 16;
const shortBytes = 8;
const maxBytes = 4096;

/** About 93 bits. */
export function generatePassword(): string {
  return Array.from({ length: generatedLength }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}

export interface ChosenPassword {
  readonly password: string;
  /** Made here: nobody else knows it, so it must be shown once. */
  readonly generated: boolean;
}

/** With `--password-stdin` the first line of standard input; otherwise a new one. */
export async function choosePassword(input: CommandInput): Promise<ChosenPassword> {
  if (!input.flag('password-stdin')) return { password: generatePassword(), generated: true };
  const octets = await input.io.readInput(maxBytes);
  const password = octets.toString('utf8').replace(/\r?\n[^]*$/, '');
  if (password === '') throw new Refusal('the password on standard input is empty');
  if (Buffer.byteLength(password) < shortBytes) {
    input.io.err(`posthorn: warning: a password of fewer than ${shortBytes} characters is easily guessed\n`);
  }
  return { password, generated: false };
}
