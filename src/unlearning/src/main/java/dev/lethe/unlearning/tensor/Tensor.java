package dev.lethe.unlearning.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * An n-dimensional array of libtorch, with autograd. Methods are named as in torch; one that ends in {@code InPlace}
 * changes the receiver and returns it. An operation that libtorch refuses throws a RuntimeException with its message.
 */
public final class Tensor implements AutoCloseable {

    static {
        NativeRuntime.prepare();
    }

    private final org.bytedeco.pytorch.Tensor handle;
    private final @Nullable MemorySegment memory; // borrowed bytes must stay reachable as long as this handle

    Tensor(org.bytedeco.pytorch.Tensor handle) {
        this(handle, null);
    }

    Tensor(org.bytedeco.pytorch.Tensor handle, @Nullable MemorySegment memory) {
        this.handle = handle;
        this.memory = memory;
    }

    org.bytedeco.pytorch.Tensor handle() {
        return handle;
    }

    @Nullable
    MemorySegment memory() {
        return memory;
    }

    // ---- making ----

    /** An f32 CPU tensor with these values in row-major order. */
    public static Tensor of(float[] values, long... shape) {
        return new Tensor(torch.tensor(values).view(shape));
    }

    /** An i64 CPU tensor with these values in row-major order. */
    public static Tensor of(long[] values, long... shape) {
        return new Tensor(torch.tensor(values).view(shape));
    }

    /** These f32 values on a device, in row-major order; the copy is queued there, and nobody waits for it. */
    public static Tensor on(Device device, float[] values, long... shape) {
        return of(values, shape).queuedTo(device);
    }

    /** These i64 values on a device, as {@link #on(Device, float[], long...)}. */
    public static Tensor on(Device device, long[] values, long... shape) {
        return of(values, shape).queuedTo(device);
    }

    /** A boolean CPU tensor of bytes that are 0 (false) or 1, in row-major order. */
    public static Tensor of(byte[] values, long... shape) {
        Tensor tensor = empty(Dtype.BOOL, Device.CPU, shape);
        tensor.bytes().copyFrom(MemorySegment.ofArray(values));
        return tensor;
    }

    public static Tensor zeros(Dtype dtype, Device device, long... shape) {
        return new Tensor(torch.zeros(shape, options(dtype, device)));
    }

    /** Uninitialised memory. */
    public static Tensor empty(Dtype dtype, Device device, long... shape) {
        return new Tensor(torch.empty(shape, options(dtype, device), new MemoryFormatOptional()));
    }

    public static Tensor full(double value, Dtype dtype, Device device, long... shape) {
        return new Tensor(torch.full(shape, new Scalar(value), options(dtype, device)));
    }

    /**
     * A CPU tensor over native memory, such as a mapped file, without a copy. Nothing may write to a read-only mapping, and
     * the memory must stay mapped as long as any view of the tensor is used.
     *
     * @throws IndexOutOfBoundsException where the memory has not just the bytes of that type and shape
     */
    public static Tensor fromBlob(MemorySegment memory, Dtype dtype, long... shape) {
        long needed = Arrays.stream(shape).reduce(dtype.bytes(), Math::multiplyExact);
        if (memory.byteSize() != needed) {
            throw new IndexOutOfBoundsException("%d bytes of memory as %s %s, which has %d"
                    .formatted(memory.byteSize(), dtype, Arrays.toString(shape), needed));
        }
        Pointer address = new Address(memory.address());
        return new Tensor(torch.from_blob(address, shape, new TensorOptions(dtype.scalarType())), memory);
    }

    public static Tensor cat(List<Tensor> parts, long dim) {
        return new Tensor(torch.cat(vector(parts), dim));
    }

    public static Tensor stack(List<Tensor> parts, long dim) {
        return new Tensor(torch.stack(vector(parts), dim));
    }

    // ---- looking ----

    public long[] shape() {
        long[] shape = new long[(int) handle.dim()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = handle.size(i);
        }
        return shape;
    }

    /** The size of one dimension; negative counts from the last. */
    public long size(int dim) {
        return handle.size(dim);
    }

    public long count() {
        return handle.numel();
    }

    public Dtype dtype() {
        return Dtype.of(handle.scalar_type());
    }

    public Device device() {
        return handle.is_cuda() ? Device.CUDA : Device.CPU;
    }

    /** The only element. */
    public double item() {
        return handle.item_double();
    }

    /** A copy of the elements as f32, in row-major order. */
    public float[] toFloats() {
        try (Scope _ = new Scope()) {
            org.bytedeco.pytorch.Tensor flat =
                    handle.detach().cpu().to(Dtype.F32.scalarType()).contiguous();
            float[] values = new float[Math.toIntExact(flat.numel())];
            new org.bytedeco.javacpp.FloatPointer(flat.data_ptr()).get(values);
            return values;
        }
    }

    /** A copy of the elements as integers, in row-major order. */
    public long[] toLongs() {
        try (Scope _ = new Scope()) {
            org.bytedeco.pytorch.Tensor flat =
                    handle.detach().cpu().to(Dtype.I64.scalarType()).contiguous();
            long[] values = new long[Math.toIntExact(flat.numel())];
            new LongPointer(flat.data_ptr()).get(values);
            return values;
        }
    }

    /** The bytes of a contiguous CPU tensor, valid as long as this handle is open. */
    public MemorySegment bytes() {
        if (!handle.is_contiguous() || handle.is_cuda()) {
            throw new IllegalStateException("bytes: expected a contiguous CPU tensor");
        }
        return MemorySegment.ofAddress(handle.data_ptr().address()).reinterpret(handle.numel() * dtype().bytes());
    }

    // ---- shape ----

    public Tensor view(long... shape) {
        return new Tensor(handle.view(shape));
    }

    public Tensor reshape(long... shape) {
        return new Tensor(handle.reshape(shape));
    }

    public Tensor transpose(long a, long b) {
        return new Tensor(handle.transpose(a, b));
    }

    public Tensor expand(long... shape) {
        return new Tensor(handle.expand(shape));
    }

    public Tensor unsqueeze(long dim) {
        return new Tensor(handle.unsqueeze(dim));
    }

    public Tensor contiguous() {
        return new Tensor(handle.contiguous());
    }

    /** The view of {@code length} entries of one dimension that begins at {@code start}. */
    public Tensor narrow(long dim, long start, long length) {
        return new Tensor(handle.narrow(dim, start, length));
    }

    /** The view with one dimension fixed. */
    public Tensor select(long dim, long index) {
        return new Tensor(handle.select(dim, index));
    }

    /** The entries of one dimension that an i64 vector names. */
    public Tensor indexSelect(long dim, Tensor index) {
        return new Tensor(handle.index_select(dim, index.handle));
    }

    /** The entries of one dimension that a vector of bytes names. */
    public Tensor indexSelectBytes(long dim, Tensor index) {
        return new Tensor(handle.index_select(dim, index.handle.to(ScalarType.Int)));
    }

    /** {@code out[i][j] = this[i][index[i][j]]} along {@code dim}. */
    public Tensor gather(long dim, Tensor index) {
        return new Tensor(handle.gather(dim, index.handle));
    }

    /** A copy to which {@code source} is added where {@code index} says along a dimension. */
    public Tensor scatterAdd(long dim, Tensor index, Tensor source) {
        return new Tensor(handle.scatter_add(dim, index.handle, source.handle));
    }

    // ---- arithmetic ----

    public Tensor add(Tensor other) {
        return new Tensor(handle.add(other.handle));
    }

    public Tensor add(double value) {
        return new Tensor(handle.add(new Scalar(value)));
    }

    public Tensor sub(Tensor other) {
        return new Tensor(handle.sub(other.handle));
    }

    public Tensor mul(Tensor other) {
        return new Tensor(handle.mul(other.handle));
    }

    public Tensor mul(double value) {
        return new Tensor(handle.mul(new Scalar(value)));
    }

    /** {@code this + a * b}. */
    public Tensor addcmul(Tensor a, Tensor b) {
        return new Tensor(handle.addcmul(a.handle, b.handle));
    }

    public Tensor div(Tensor other) {
        return new Tensor(handle.div(other.handle));
    }

    public Tensor neg() {
        return new Tensor(handle.neg());
    }

    public Tensor exp() {
        return new Tensor(handle.exp());
    }

    public Tensor sqrt() {
        return new Tensor(handle.sqrt());
    }

    public Tensor square() {
        return new Tensor(handle.square());
    }

    public Tensor abs() {
        return new Tensor(handle.abs());
    }

    /** To the nearest integer, of two to the even one. */
    public Tensor round() {
        return new Tensor(handle.round());
    }

    public Tensor matmul(Tensor other) {
        return new Tensor(handle.matmul(other.handle));
    }

    /** Matrix times vector. */
    public Tensor mv(Tensor vector) {
        return new Tensor(handle.mv(vector.handle));
    }

    public Tensor clamp(double low, double high) {
        return new Tensor(handle.clamp(
                new org.bytedeco.pytorch.ScalarOptional(new Scalar(low)),
                new org.bytedeco.pytorch.ScalarOptional(new Scalar(high))));
    }

    public Tensor maskedFill(Tensor mask, double value) {
        return new Tensor(handle.masked_fill(mask.handle, new Scalar(value)));
    }

    /**
     * For each element the number of {@code bounds} below it: the place of the bucket that it falls into.
     *
     * @param bounds ascending [n], n below 256
     * @return u8, shaped as this
     */
    public Tensor bucket(Tensor bounds) {
        return new Tensor(torch.bucketize(handle, bounds.handle, true, false).to(ScalarType.Byte));
    }

    // ---- reductions ----

    public Tensor sum() {
        return new Tensor(handle.sum());
    }

    public Tensor sum(long dim) {
        return new Tensor(handle.sum(dim));
    }

    public Tensor mean() {
        return new Tensor(handle.mean());
    }

    public Tensor logsumexp(long dim) {
        return new Tensor(torch.logsumexp(handle, dim));
    }

    /** The largest elements along a dimension, which stays with size 1. */
    public Tensor amax(long dim) {
        return new Tensor(handle.amax(new long[] {dim}, true));
    }

    public Tensor argmax(long dim) {
        return new Tensor(handle.argmax(new LongOptional(dim), false));
    }

    /** 1 where two tensors are equal and 0 elsewhere, boolean. */
    public Tensor eq(Tensor other) {
        return new Tensor(handle.eq(other.handle));
    }

    /** Whether no element is infinite or not a number. */
    public boolean isFinite() {
        try (Scope _ = new Scope()) {
            // One pass without a temporary; a sum that overflows is looked at again.
            return Double.isFinite(handle.sum().item_double())
                    || handle.isfinite().all().item_bool();
        }
    }

    /** The Euclidean norm of all elements. */
    public double norm() {
        try (Scope _ = new Scope()) {
            return handle.norm().item_double();
        }
    }

    // ---- types and places ----

    /** The tensor in another element type; the same handle where nothing changes. Gradients pass through. */
    public Tensor to(Dtype dtype) {
        return dtype == dtype() ? this : new Tensor(handle.to(dtype.scalarType()));
    }

    public Tensor to(Device device) {
        return device == device() ? this : new Tensor(handle.to(device.torchDevice(), handle.scalar_type()));
    }

    /** A copy to a GPU returns at once only from memory that does not move; libtorch keeps that until it is read. */
    private Tensor queuedTo(Device device) {
        return device == device()
                ? this
                : new Tensor(handle.pin_memory()
                        .to(device.torchDevice(), handle.scalar_type(), true, false, new MemoryFormatOptional()));
    }

    /** A copy with memory of its own, part of the gradient graph. */
    public Tensor copy() {
        return new Tensor(handle.clone());
    }

    // ---- gradients ----

    /** The same memory outside the gradient graph. */
    public Tensor detach() {
        return new Tensor(handle.detach(), memory);
    }

    public Tensor requiresGrad(boolean required) {
        handle.set_requires_grad(required);
        return this;
    }

    public boolean requiresGrad() {
        return handle.requires_grad();
    }

    /** Adds the gradients of this scalar to every leaf that requires one, and frees the graph. */
    public void backward() {
        handle.backward();
    }

    /** Goes backward from this tensor with {@code gradient}, of the same shape, as the gradient of the result in it. */
    public void backward(Tensor gradient) {
        handle.backward(
                gradient.handle,
                new org.bytedeco.pytorch.BoolOptional(),
                false,
                new org.bytedeco.pytorch.TensorArrayRefOptional());
    }

    /** The gradient gathered in a leaf so far. */
    public Optional<Tensor> grad() {
        // The reference that grad() returns dies with the leaf; a copied handle owns the gradient.
        org.bytedeco.pytorch.Tensor owned = new org.bytedeco.pytorch.Tensor(handle.grad());
        return owned.defined() ? Optional.of(new Tensor(owned)) : Optional.empty();
    }

    /** Makes this leaf a view of other memory of its type and shape, such as a part of a larger tensor. */
    public void viewOf(Tensor memory) {
        handle.__dispatch_set_data(memory.handle);
    }

    /** Forgets the gradient of a leaf and frees its memory. */
    public void clearGrad() {
        try (Scope _ = new Scope()) {
            handle.mutable_grad().put(new org.bytedeco.pytorch.Tensor());
        }
    }

    // ---- in place: for optimizers, outside the gradient graph ----

    public Tensor zeroInPlace() {
        handle.zero_();
        return this;
    }

    /** {@code this += scale * other}. */
    public Tensor addInPlace(Tensor other, double scale) {
        handle.add_(other.handle, new Scalar(scale));
        return this;
    }

    public Tensor addInPlace(double value) {
        handle.add_(new Scalar(value));
        return this;
    }

    public Tensor mulInPlace(double value) {
        handle.mul_(new Scalar(value));
        return this;
    }

    public Tensor mulInPlace(Tensor other) {
        handle.mul_(other.handle);
        return this;
    }

    public Tensor expInPlace() {
        handle.exp_();
        return this;
    }

    /** {@code this += scale * a * b}. */
    public Tensor addcmulInPlace(Tensor a, Tensor b, double scale) {
        handle.addcmul_(a.handle, b.handle, new Scalar(scale));
        return this;
    }

    /** {@code this += scale * a / b}. */
    public Tensor addcdivInPlace(Tensor a, Tensor b, double scale) {
        handle.addcdiv_(a.handle, b.handle, new Scalar(scale));
        return this;
    }

    /** {@code this += scale * a @ b}, of matrices. */
    public Tensor addmmInPlace(Tensor a, Tensor b, double scale) {
        handle.addmm_(a.handle, b.handle, new Scalar(1.0), new Scalar(scale));
        return this;
    }

    /** Overwrites the elements with those of {@code source}, cast where the types differ. */
    public Tensor copyInPlace(Tensor source) {
        handle.copy_(source.handle);
        return this;
    }

    // ---- lifetime ----

    /** A handle on the same tensor that no scope frees: for weights, and whatever else outlives all steps. */
    public Tensor owned() {
        org.bytedeco.pytorch.Tensor owned = new org.bytedeco.pytorch.Tensor(handle);
        PointerScope scope = PointerScope.getInnerScope();
        if (scope != null) {
            owned.retainReference();
            scope.detach(owned);
        }
        return new Tensor(owned, memory);
    }

    /** Frees the memory before any scope does. */
    @Override
    public void close() {
        handle.close();
    }

    @Override
    public String toString() {
        return dtype() + Arrays.toString(shape());
    }

    static TensorOptions options(Dtype dtype, Device device) {
        return options(dtype.scalarType(), device);
    }

    static TensorOptions options(ScalarType type, Device device) {
        TensorOptions options = new TensorOptions(type);
        return device == Device.CPU
                ? options
                : options.device(new org.bytedeco.pytorch.DeviceOptional(device.torchDevice()));
    }

    private static TensorVector vector(List<Tensor> tensors) {
        return new TensorVector(tensors.stream().map(Tensor::handle).toArray(org.bytedeco.pytorch.Tensor[]::new));
    }

    /** A native address that JavaCPP does not own. */
    private static final class Address extends Pointer {
        Address(long address) {
            this.address = address;
        }
    }
}
