/** Custom resources as records, conditions and their reasons, and the stage contract. */
@org.jspecify.annotations.NullMarked
package dev.lethe.api;
