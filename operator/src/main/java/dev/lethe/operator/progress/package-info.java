/** The endpoint where workers report their progress by Kubeflow Trainer's contract, each pod for its own stage only. */
@org.jspecify.annotations.NullMarked
package dev.lethe.operator.progress;
