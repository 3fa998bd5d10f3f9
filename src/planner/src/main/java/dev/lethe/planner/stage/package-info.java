/** Plans a stage: its attempts, when the next follows, and the input of its worker. */
@org.jspecify.annotations.NullMarked
package dev.lethe.planner.stage;
