// Both builds of the library have the same types.
declare module '*/node_modules/yaml/browser/index.js' {
  export * from 'yaml';
}
