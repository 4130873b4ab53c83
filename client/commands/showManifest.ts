import * as vscode from 'vscode';
import { isDigest, shortDigest } from '../../core/image/digest.ts';
import type { Manifest } from '../../core/registry/registry.ts';
import { manifestText } from '../views/manifestText.ts';
import { planning } from './carryOut.ts';
import type { Command, Parts } from './command.ts';
import { type Image, imageFor, nameOf } from './images.ts';

/** The manifest as JSON to read: indented, so not the bytes that the digest is of. */
export const showManifest: Command = {
  name: 'showManifest',
  async run(parts, argument) {
    const image = await imageFor(parts.registries, argument, 'Show Manifest');
    const manifest = image && (await read(parts, image));
    if (!image || !manifest) return;
    const name = isDigest(image.reference) ? shortDigest(image.reference) : image.reference;
    await parts.pages.showText(`${image.repository} ${name} manifest.jsonc`, manifestText(nameOf(image), manifest));
  },
};

/** The exact text of the manifest, byte for byte what its digest is of. */
export const copyManifest: Command = {
  name: 'copyManifest',
  async run(parts, argument) {
    const image = await imageFor(parts.registries, argument, 'Copy Raw Manifest');
    const manifest = image && (await read(parts, image));
    if (!manifest) return;
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(manifest.bytes);
    await vscode.env.clipboard.writeText(text);
    vscode.window.setStatusBarMessage(`Copied the manifest ${shortDigest(manifest.digest)}, ${manifest.bytes.byteLength} bytes`, 3000);
  },
};

async function read({ registries }: Parts, image: Image): Promise<Manifest> {
  const { host, repository, reference } = image;
  const manifest = await planning(`Reading ${nameOf(image)}…`, ({ signal }) =>
    registries.at(host).manifest(repository, reference, signal ? { signal } : {}),
  );
  if (!manifest) throw new Error(`${nameOf(image)} is no longer there.`);
  return manifest;
}
