/**
 * Says as a JSON list what is wrong with the environment, and starts nothing: the front door asks
 * before it begins, so that one message can name every problem.
 */
import { BadSettings, readConfig } from './config.ts';

function problems(): readonly string[] {
  try {
    readConfig(process.env);
    return [];
  } catch (error) {
    if (error instanceof BadSettings) return error.problems;
    throw error;
  }
}

process.stdout.write(JSON.stringify(problems()));
