/** One look at an object: what it creates and writes, what is in its way, and when the next is due. */
@org.jspecify.annotations.NullMarked
package dev.lethe.operator.pass;
