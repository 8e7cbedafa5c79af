/** eSpeak NG's command line as WebAssembly; an optional dependency (GPL-3.0-or-later). */
declare module 'espeak-ng' {
  interface Files {
    writeFile(path: string, data: string): void;
    readFile(path: string): Uint8Array;
    analyzePath(path: string): { exists: boolean };
  }

  interface Program {
    FS: Files;
  }

  export default function run(options: {
    arguments: string[];
    preRun: ((program: Program) => void)[];
    print: (line: string) => void;
    printErr: (line: string) => void;
  }): Promise<Program>;
}
