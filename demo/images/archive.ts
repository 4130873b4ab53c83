import { crc32 } from 'node:zlib';
import type { Files } from '../history/objects.ts';

/** A layer: the tar that the image config names by its digest (`diff_id`), and its gzip form that is pushed. */
export interface Archive {
  readonly tar: Uint8Array;
  readonly gzip: Uint8Array;
}

/** Packs files, sorted by path, with one date: the same files give the same bytes on every machine. */
export function archive(files: Files, seconds = 0): Archive {
  const sorted = [...files].sort(([left], [right]) => (left < right ? -1 : 1));
  const blocks = sorted.flatMap(([path, text]) => {
    const content = Buffer.from(text);
    return [header(path, content.length, seconds), content, Buffer.alloc(-content.length & 511)];
  });
  const tar = Buffer.concat([...blocks, Buffer.alloc(1024)]);
  return { tar, gzip: gzipStored(tar) };
}

/** One ustar header: 512 bytes, numbers in octal, the checksum taken with its own field as spaces. */
function header(path: string, size: number, seconds: number): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, at: number, width: number) => block.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'ascii');
  if (Buffer.byteLength(path) > 100) throw new Error(`${path} is too long for a tar header.`);
  block.write(path, 0, 'utf8');
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(seconds, 136, 12);
  block.fill(' ', 148, 156);
  block.write('0', 156, 'ascii');
  block.write('ustar\0', 257, 'ascii');
  block.write('00', 263, 'ascii');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
  return block;
}

/**
 * A gzip stream of stored blocks. zlib's own output differs between versions and processors, and then digests would too; these
 * layers are small, so nothing is lost by not packing them.
 */
function gzipStored(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255)];
  const size = 0xffff;
  for (let at = 0; at < bytes.length; at += size) {
    const block = bytes.subarray(at, at + size);
    const head = Buffer.alloc(5);
    head.writeUInt8(at + size >= bytes.length ? 1 : 0, 0);
    head.writeUInt16LE(block.length, 1);
    head.writeUInt16LE(~block.length & 0xffff, 3);
    parts.push(head, block);
  }
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc32(bytes), 0);
  tail.writeUInt32LE(bytes.length >>> 0, 4);
  return Buffer.concat([...parts, tail]);
}
