/** Where workers report their progress: Kubeflow Trainer's contract, with every pod held to its own stage. */
@org.jspecify.annotations.NullMarked
package dev.lethe.operator.progress;
