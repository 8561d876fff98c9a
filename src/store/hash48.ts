import { hash } from 'node:crypto';

/** 48 bits of SHA-256 as an integer: a key for tables whose rows are compared in full, or where a rare clash is harmless. */
export function hash48(text: string): number {
  return hash('sha256', text, 'buffer').readUIntBE(0, 6);
}
