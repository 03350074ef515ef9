'use strict';

const { createRequire } = require('node:module');
const vm = require('node:vm');
const { default: Runtime } = require('jest-runtime');

/** Of a package of node_modules, other than Jest's own and those of this repository. */
const PACKAGE = /^(?!node:|@jest\/|jest|expect$|@homecare\/)(@[\w.-]+\/)?[a-z][\w.-]*(\/|$)/i;

/**
 * Loads packages once a worker, with Node's own require, in place of once a test file with Jest's: of a file's time
 * on a processor, two seconds in three went there. The project's own modules are still loaded anew for each file, so
 * that no state of theirs is carried over.
 */
module.exports = class SharedPackages extends Runtime {
  constructor(...given) {
    super(...given);
    const { executor } = this;
    executor.compile = (code, filename) =>
      vm.compileFunction(code, executor.injectedModuleParameters, {
        filename,
        importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      });
  }

  requireModuleOrMock(from, name) {
    if (PACKAGE.test(name)) return createRequire(from)(name);
    return super.requireModuleOrMock(from, name);
  }
};
