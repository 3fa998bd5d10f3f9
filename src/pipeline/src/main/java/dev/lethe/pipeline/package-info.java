/** pipeline. */
package dev.lethe.pipeline;
