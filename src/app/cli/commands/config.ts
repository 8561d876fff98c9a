import { existsSync } from 'node:fs';

import { stringify } from 'yaml';

import { directoryDocumentSchema } from '../../../directory/document/directory-document.ts';
import { configJsonSchema, describeConfig, printDescription } from '../../config/describe-config.ts';
import { readText } from '../../config/loaded-config.ts';
import { printFault, readYaml } from '../../config/read-yaml.ts';
import { Refusal } from '../../refusal.ts';
import { loadCertificate } from '../../tls/certificates.ts';
import type { CommandInput } from '../command.ts';
import { UsageError } from '../command.ts';
import { configOf } from '../config-of.ts';
import { withAdministration } from '../with-administration.ts';

/** The file, the certificate, and the directory with all its rules. */
export async function configCheck(input: CommandInput): Promise<void> {
  const loaded = await configOf(input);
  if (loaded.config.tls?.cert !== undefined) loadCertificate(loaded);
  // Before the first start there is no directory, and a check makes none.
  const started = loaded.config.storage?.database !== undefined || existsSync(loaded.dataDir);
  if (started) await withAdministration(input, (each) => each.query({ ask: 'settings' }));
  input.print({ ok: true, notYet: loaded.notYet }, () =>
    ['ok', ...loaded.notYet.map((key) => `not available in this version: ${key}`)].join('\n'),
  );
}

export async function configDescribe(input: CommandInput): Promise<void> {
  const keys = describeConfig();
  input.print(keys, () => printDescription(keys));
}

export async function configSchema(input: CommandInput): Promise<void> {
  const schema = configJsonSchema();
  input.print(schema, () => JSON.stringify(schema, null, 2));
}

export async function configExport(input: CommandInput): Promise<void> {
  const withCredentials = input.flag('with-credentials') ?? false;
  const document = await withAdministration(input, (each) => each.query({ ask: 'export', withCredentials }));
  input.print(document, () => stringify(document).trimEnd());
}

export async function configApply(input: CommandInput): Promise<void> {
  const [file = ''] = input.args;
  const hint = 'see "posthorn config apply --help"';
  const read = readYaml(readText(file === '-' ? '/dev/stdin' : file), directoryDocumentSchema, hint);
  if (!read.ok) throw new Refusal(read.error.map((fault) => printFault(file, fault)).join('\n'));
  const options = { prune: input.flag('prune') ?? false, dryRun: input.flag('dry-run') ?? false };
  const lines = await withAdministration(input, (each) => each.apply(read.value, options));
  input.print({ dryRun: options.dryRun, changes: lines }, () => lines.join('\n'));
}

export async function settingsShow(input: CommandInput): Promise<void> {
  const facts = await withAdministration(input, (each) => each.query({ ask: 'settings' }));
  input.print(facts, () =>
    Object.entries(facts as object)
      .map(([key, value]) => `${key}=${String(value ?? '')}`)
      .join('\n'),
  );
}

export async function settingsSet(input: CommandInput): Promise<void> {
  const postmaster = input.args.map((setting) => /^postmaster=(.+)$/.exec(setting)?.[1]).at(-1);
  if (postmaster === undefined) throw new UsageError('postmaster=ACCOUNT is expected');
  await withAdministration(input, (each) => each.edit({ do: 'settings-set', postmaster }));
}
