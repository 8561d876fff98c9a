import type { SaslMechanism } from './exchange.ts';
import { login } from './login.ts';
import { plain } from './plain.ts';

/** All mechanisms, in the order in which they are offered. */
export const saslMechanisms: readonly SaslMechanism[] = [plain, login];

/** By name, in any case. */
export function findMechanism(name: string): SaslMechanism | undefined {
  const upper = name.toUpperCase();
  return saslMechanisms.find((mechanism) => mechanism.name === upper);
}
