import { run } from './cli.ts';

export { PortTaken, type RunningRegistry, startRegistry } from './registry/registry.ts';
export { type Demo, type DemoOptions, defaultPort, startDemo } from './start.ts';

// `dist/demo.js` is both: a module for `npm start`, and a program of its own.
if (typeof require === 'function' && require.main === module) {
  run(process.argv.slice(2)).then(code => {
    if (code !== undefined) process.exitCode = code;
  });
}
