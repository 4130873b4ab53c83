import type * as library from 'yaml';
// The build for browsers: the one for Node asks the environment whether to log at each token, a quarter of the time that a file takes.
// See docs/decisions/0008-yaml-built-for-browsers.md.
import * as build from '../../node_modules/yaml/browser/index.js';

export type { Alias, Document, Node, Pair, YAMLError, YAMLMap } from 'yaml';

export const isAlias: typeof library.isAlias = build.isAlias;
export const isCollection: typeof library.isCollection = build.isCollection;
export const isMap: typeof library.isMap = build.isMap;
export const isScalar: typeof library.isScalar = build.isScalar;
export const isSeq: typeof library.isSeq = build.isSeq;
export const parseAllDocuments: typeof library.parseAllDocuments = build.parseAllDocuments;
export const parseDocument: typeof library.parseDocument = build.parseDocument;
export const visit: typeof library.visit = build.visit;
export const YAMLParseError: typeof library.YAMLParseError = build.YAMLParseError;
