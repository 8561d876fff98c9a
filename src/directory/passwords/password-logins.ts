import { timingSafeEqual } from 'node:crypto';

import type { Clock } from '../../base/clock.ts';
import { prepareOpaqueString } from '../../base/opaque-string.ts';
import { parseAddress } from '../address-text.ts';
import type { AddressParts, LoginProof, LoginProtocol } from '../directory.ts';
import type { AppPasswordRecord, CredentialRecord } from '../directory-record.ts';
import type { DirectoryView } from '../directory-tables.ts';
import { findLogin } from '../find-recipient.ts';
import { findAppPassword, isExpired } from './find-app-password.ts';
import { pretendToVerify, verifyPassword } from './credential.ts';
import type { Credential, HashParameters, KeptScram } from './credential.ts';
import { LoginCache } from './login-cache.ts';
import type { PasswordUpgrades } from './password-upgrades.ts';
import { passwordId } from './upgrade-password.ts';

/** Somebody proved to be this account; whether it may log in is another question. */
export interface ProvenLogin {
  readonly account: string;
  readonly address: AddressParts;
  readonly proof: LoginProof;
}

/** The password of an account for programs; undefined also when it is for the web alone. */
export function programCredential(view: DirectoryView, account: string): Credential | undefined {
  return programRecord(view, account)?.credential;
}

function programRecord(view: DirectoryView, account: string): CredentialRecord | undefined {
  if (view.accounts.get(account)?.mainPassword === 'web-only') return undefined;
  return view.credentials.get(account);
}

/** What checking passwords stands on. */
export interface PasswordLoginParts {
  readonly view: () => DirectoryView;
  readonly clock: Clock;
  /** Told of passwords that were right. */
  readonly upgrades: Pick<PasswordUpgrades, 'shown'>;
  /** What a login that nobody has would be hashed with. */
  readonly parametersFor: (login: string) => HashParameters;
}

/** Checks main and app passwords, by the password itself or by a proof of SCRAM. */
export class PasswordLogins {
  readonly #view: () => DirectoryView;
  readonly #clock: Clock;
  readonly #upgrades: PasswordLoginParts['upgrades'];
  readonly #parametersFor: PasswordLoginParts['parametersFor'];
  readonly #cache: LoginCache;

  constructor({ view, clock, upgrades, parametersFor }: PasswordLoginParts) {
    this.#view = view;
    this.#clock = clock;
    this.#upgrades = upgrades;
    this.#parametersFor = parametersFor;
    this.#cache = new LoginCache(clock);
  }

  /**
   * Undefined for whatever is wrong, after the time of one memory-hard hash. An app password is random, so it costs none: only
   * those who know it see that.
   */
  async check(
    login: string,
    password: string,
    protocol: LoginProtocol,
    isKnown: boolean,
  ): Promise<ProvenLogin | undefined> {
    const prepared = prepareOpaqueString(password);
    const address = parseAddress(login);
    const account = address.ok ? findLogin(this.#view(), address.value)?.account : undefined;
    if (!prepared.ok || !address.ok || account === undefined) {
      await pretendToVerify(prepared.ok ? prepared.value : '', this.#parametersFor(login));
      return undefined;
    }
    const appPassword = findAppPassword(this.#view(), account, prepared.value);
    if (appPassword && this.#isFor(appPassword, protocol)) {
      this.#upgrades.shown({ kept: appPassword, password: prepared.value });
      return { account, address: address.value, proof: { kind: 'app-password', id: appPassword.id } };
    }
    const kept = programRecord(this.#view(), account);
    if (!kept) {
      await pretendToVerify(prepared.value, this.#parametersFor(login));
      return undefined;
    }
    if (!(await this.#isMain(kept, prepared.value, isKnown))) return undefined;
    this.#upgrades.shown({ kept, password: prepared.value });
    return { account, address: address.value, proof: mainProof(kept.credential) };
  }

  /** After a proof by this key of SCRAM. */
  confirmScram(login: string, storedKey: Uint8Array, protocol: LoginProtocol): ProvenLogin | undefined {
    const view = this.#view();
    const address = parseAddress(login);
    const account = address.ok ? findLogin(view, address.value)?.account : undefined;
    if (!address.ok || account === undefined) return undefined;
    const credential = programCredential(view, account);
    if (credential && hasKey(credential, storedKey))
      return { account, address: address.value, proof: mainProof(credential) };
    for (const record of view.appPasswordsOf.get(account)?.values() ?? []) {
      if (!hasKey(record.secret, storedKey)) continue;
      if (!this.#isFor(record, protocol)) return undefined;
      return { account, address: address.value, proof: { kind: 'app-password', id: record.id } };
    }
    return undefined;
  }

  /** Does what was proved still count? */
  isValid(account: string, proof: LoginProof): boolean {
    const view = this.#view();
    switch (proof.kind) {
      case 'password': {
        const credential = programCredential(view, account);
        return credential !== undefined && mainProof(credential).id === proof.id;
      }
      case 'app-password': {
        const record = view.appPasswords.get(proof.id);
        return record?.account === account && !isExpired(record, this.#clock.now());
      }
      case 'token':
        return true;
      case 'tls-public-key':
        return view.tlsPublicKeys.get(proof.fingerprint)?.account === account;
      default:
        return proof satisfies never;
    }
  }

  async #isMain({ account, credential }: CredentialRecord, password: string, isKnown: boolean): Promise<boolean> {
    if (this.#cache.has(account, credential, password)) return true;
    if (!(await verifyPassword(password, credential, isKnown))) return false;
    // The directory may have changed while the hash was made: only what is still true counts and is remembered.
    const current = programCredential(this.#view(), account);
    if (current === undefined || passwordId(current) !== passwordId(credential)) return false;
    this.#cache.add(account, credential, password);
    return true;
  }

  #isFor(record: AppPasswordRecord, protocol: LoginProtocol): boolean {
    return record.protocols.includes(protocol) && !isExpired(record, this.#clock.now());
  }
}

function mainProof(credential: Credential): LoginProof & { readonly kind: 'password' } {
  return { kind: 'password', id: passwordId(credential) };
}

function hasKey(kept: { readonly scramSha1: KeptScram; readonly scramSha256: KeptScram }, storedKey: Uint8Array) {
  return [kept.scramSha1, kept.scramSha256].some((one) => {
    const key = Buffer.from(one.storedKey, 'base64');
    return key.length === storedKey.length && timingSafeEqual(key, storedKey);
  });
}
