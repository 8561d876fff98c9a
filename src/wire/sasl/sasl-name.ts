import { saslLimits } from './exchange.ts';

/** `saslname`: `=2C` is a comma, `=3D` an equals sign, any other `=` is wrong. RFC 5802 section 5.1. */
export function decodeSaslName(text: string): string | undefined {
  if (/=(?!2C|3D)/.test(text) || Buffer.byteLength(text) > saslLimits.maxLoginBytes) return undefined;
  return text.replaceAll('=2C', ',').replaceAll('=3D', '=');
}
