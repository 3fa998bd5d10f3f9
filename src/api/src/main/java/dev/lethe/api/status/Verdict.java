package dev.lethe.api.status;

/** What the gates say. A gate whose metric was not measured makes the verdict inconclusive, never passed. */
public enum Verdict {
    Passed,
    Failed,
    Inconclusive,
    /** Of a publication alone: somebody's word, and no measurement. No gate says it. */
    Declared
}
