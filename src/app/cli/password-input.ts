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
  const octets = await readStandardInput(maxBytes);
  const password = octets.toString('utf8').replace(/\r?\n[^]*$/, '');
  if (password === '') throw new Refusal('the password on standard input is empty');
  if (Buffer.byteLength(password) < shortBytes) {
    process.stderr.write(`posthorn: warning: a password of fewer than ${shortBytes} characters is easily guessed\n`);
  }
  return { password, generated: false };
}

/** All of standard input. @throws Refusal when it is longer than `limit` octets */
export async function readStandardInput(limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    const octets = Buffer.from(chunk as Uint8Array);
    bytes += octets.length;
    if (bytes > limit) throw new Refusal(`standard input is longer than ${limit} octets`);
    chunks.push(octets);
  }
  return Buffer.concat(chunks);
}
