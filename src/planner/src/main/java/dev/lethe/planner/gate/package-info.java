/** Gates: measured numbers in, a verdict out. */
@org.jspecify.annotations.NullMarked
package dev.lethe.planner.gate;
