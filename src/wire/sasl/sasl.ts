// What `posthorn/sasl` offers: both sides of SASL's exchanges (RFC 4422), octets in and out. docs/sasl.md.
export { chooseClientMechanisms } from './choose-client-mechanism.ts';
export { decodeInitialResponse, decodeSaslBase64, encodeSaslBase64 } from './sasl-base64.ts';
export { findMechanism, saslMechanisms } from './mechanisms.ts';
export { isUsable } from './exchange.ts';
export type { ChannelFacts, Credentials } from './choose-client-mechanism.ts';
export type { ChannelBinding, ScramDigest, ScramVerifier } from './scram-verifier.ts';
export type { ClientBinding, SaslClientExchange } from './client-exchange.ts';
export type { SaslClaim, SaslExchange, SaslLink, SaslMechanism, SaslNeeds, SaslStep } from './exchange.ts';
