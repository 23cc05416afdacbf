using System.Reflection;
using Crescent.Abstractions.Experiments;
using Crescent.Grains.Experiments;
using Crescent.Kernels.Jobs;
using Crescent.Server.Workers;
using Crescent.Server.Workers.Children;
using Crescent.Storage.Jobs;

namespace Crescent.Server.Tests.Architecture;

public sealed class KernelCallsTests
{
    private static readonly Assembly[] Product =
    [
        typeof(IKernel).Assembly, typeof(IExperimentGrain).Assembly, typeof(IJobQueue).Assembly, typeof(ExperimentGrain).Assembly, typeof(WorkerService).Assembly,
    ];

    [Fact]
    public void Run_Callers_AreTheWorkerAndItsChildProcess()
    {
        var callers = Product.SelectMany(assembly => assembly.GetTypes())
            .SelectMany(MethodCalls.Declared)
            .Where(method => MethodCalls.Of(method).Any(IsKernelRun))
            .Select(method => Outermost(method.DeclaringType!))
            .Distinct()
            .OrderBy(type => type.Name, StringComparer.Ordinal)
            .ToList();

        Assert.Equal([typeof(KernelChild), typeof(WorkerService)], callers);
    }

    [Fact]
    public void Kernels_OfTheProduct_ServeEachKindOnce()
    {
        var kernels = typeof(IKernel).Assembly.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IKernel))).ToList();

        Assert.Equal(JobKinds.All.Count, kernels.Count);
    }

    private static bool IsKernelRun(MethodBase called) =>
        called.Name == nameof(IKernel.Run) && called.DeclaringType!.IsAssignableTo(typeof(IKernel)) && called.GetParameters() is [{ ParameterType: var parameter }] && parameter == typeof(IJobContext);

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
