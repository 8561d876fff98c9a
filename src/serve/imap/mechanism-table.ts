import type { SaslMechanism } from '../../wire/sasl/exchange.ts';
import { plain } from '../../wire/sasl/plain.ts';

/** The SASL mechanisms of IMAP, strongest first. LOGIN is not one of them: there is a command for it. */
export const mechanisms: readonly SaslMechanism[] = [plain];
