package dev.lethe.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A way to make one tensor of several. Methods of one name may differ by semantics.
 *
 * @param semantics under which it is this one
 * @param formula as docs/methods.md writes it: θ₀ the base, θᵢ an input, δᵢ = θᵢ − θ₀, wᵢ a weight, ρᵢ a density
 * @param base what a base model is to it
 * @param least fewest inputs, the base counted only where it is one of them
 * @param most most inputs
 */
public record MethodDescriptor(
        String name,
        Set<Semantics> semantics,
        String summary,
        String formula,
        Base base,
        int least,
        int most,
        List<Option> options,
        String source,
        String since)
        implements Descriptor {
    /** What a base model is to a method. */
    public enum Base {
        /** Nothing: a base is one of the inputs. */
        NONE,
        /** The first input. */
        FIRST,
        /** Differences are taken from it where there is one. */
        OPTIONAL,
        /** Differences are taken from it. */
        REQUIRED
    }

    public MethodDescriptor {
        semantics = Set.copyOf(semantics);
        options = List.copyOf(options);
    }

    /** Of any number of inputs. */
    static MethodDescriptor of(
            String name,
            Set<Semantics> semantics,
            Base base,
            String summary,
            String formula,
            String source,
            Option... options) {
        return new MethodDescriptor(
                name, semantics, summary, formula, base, 1, Integer.MAX_VALUE, List.of(options), source, "0.1");
    }

    MethodDescriptor inputs(int fewest, int atMost) {
        return new MethodDescriptor(name, semantics, summary, formula, base, fewest, atMost, options, source, since);
    }

    /** The same decomposition of what this one makes of products. */
    MethodDescriptor decomposed(Option... more) {
        var all = new ArrayList<>(options);
        all.addAll(List.of(more));
        return new MethodDescriptor(
                name + "-svd",
                semantics,
                summary + " Of the products, decomposed and cut to a rank.",
                "svd of what " + name + " makes of the products BᵢAᵢ",
                base,
                least,
                most,
                all,
                source,
                since);
    }

    public boolean has(String option) {
        return options.stream().anyMatch(it -> it.name().equals(option));
    }
}
