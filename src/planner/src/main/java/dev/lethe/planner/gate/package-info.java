/** Gates: from measured numbers to a verdict. */
@org.jspecify.annotations.NullMarked
package dev.lethe.planner.gate;
