package dev.lethe.api.schema;

import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The Common Expression Language as the API server offers it to CRDs: standard macros and text functions. */
final class Cel {
    private final CelCompiler compiler = CelCompilerFactory.standardCelCompilerBuilder()
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addLibraries(CelExtensions.strings())
            .addVar("self", SimpleType.DYN)
            .addVar("oldSelf", SimpleType.DYN)
            .setResultType(SimpleType.BOOL)
            .build();
    private final CelRuntime runtime = CelRuntimeFactory.standardCelRuntimeBuilder()
            .addLibraries(CelExtensions.strings())
            .build();
    private final Map<String, CelRuntime.Program> programs = new ConcurrentHashMap<>();

    /**
     * Whether a rule holds.
     *
     * @param self maps, lists, texts, longs, doubles and booleans
     * @param oldSelf what was there before, for rules of transition
     */
    boolean holds(String rule, Object self, @Nullable Object oldSelf) {
        Map<String, ?> variables = oldSelf == null ? Map.of("self", self) : Map.of("self", self, "oldSelf", oldSelf);
        try {
            return (Boolean) programs.computeIfAbsent(rule, this::compile).eval(variables);
        } catch (CelEvaluationException e) {
            throw new IllegalStateException(rule + ": " + e.getMessage(), e);
        }
    }

    private CelRuntime.Program compile(String rule) {
        try {
            return runtime.createProgram(compiler.compile(rule).getAst());
        } catch (CelValidationException | CelEvaluationException e) {
            throw new IllegalStateException(rule + ": " + e.getMessage(), e);
        }
    }
}
